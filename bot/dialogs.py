"""The form engine: conversations are steps, where a chat stands is a row, a button works once.

A conversation is data: named steps, each with the screen it asks with and the function that takes
the answer. The engine adds the step count, back and cancel, understands a typed answer that names
a button, and keeps the way back. Nothing is kept in memory between two updates.
"""

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace

from backend.actions.dialogs import Answers, DialogState
from bot.buttons import Button, Key, Screen
from bot.viewer import Viewer

BACK, CANCEL, CLOSE = "~back", "~cancel", "~close"
_DECORATION = re.compile(r"[^\w\s:/.\-]+", re.UNICODE)
_LONGEST_TRAIL = 12


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button was pressed."""

    value: str


@dataclass(frozen=True, slots=True)
class Typed:
    """Something was typed."""

    text: str


@dataclass(frozen=True, slots=True)
class Shared:
    """A phone number was shared; `is_own` when it is the sender's."""

    phone: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class Attached:
    """A file was sent: a photo, voice or document by Telegram's name for it, with its caption.

    `content` is there only for a step that `fetches_files`; None when it could not be had. A
    photo's is drawn anew, without anything that was hidden in it.
    """

    kind: str
    file_id: str
    caption: str = field(default="", repr=False)
    content: bytes | None = field(default=None, repr=False)


Given = Pressed | Typed | Shared | Attached


@dataclass(frozen=True, slots=True)
class Move:
    """Where an answer leads: a step (None: stay), in this conversation or in another.

    `answers` are added to what was answered; `hint` is said above the next question; `toast` is
    shown over the pressed button. With `forgets`, there is no way back past this step. `trail`
    names the steps to which Back leads in another conversation that is entered midway. With
    `wipes`, her message is deleted from the chat, as are those before it that could not be yet.
    """

    step: str | None = None
    conversation: str | None = None
    answers: Answers = field(default_factory=dict)
    hint: str | None = None
    toast: str | None = None
    forgets: bool = False
    trail: tuple[str, ...] = ()
    wipes: bool = False


Ask = Callable[[Viewer, Answers], Awaitable[Screen]]
Take = Callable[[Viewer, Answers, Given], Awaitable[Move]]


@dataclass(frozen=True, slots=True)
class Step:
    """One question: what asks it and what takes its answer.

    Files come only to a step that `takes_files`; what is in them to one that `fetches_files`. The
    message of one that `stays` keeps its buttons when something else is opened. One that
    `takes_cancel` is given the press of Cancel, to undo what was stored on the way.
    """

    name: str
    ask: Ask
    take: Take
    takes_files: bool = False
    fetches_files: bool = False
    stays: bool = False
    takes_cancel: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """Steps under one name; the first is where it begins; `counted` ones are numbered."""

    name: str
    steps: tuple[Step, ...]
    counted: tuple[str, ...] = ()

    def step(self, name: str) -> Step:
        """Return the step of that name; raise KeyError when there is none."""
        found = next((step for step in self.steps if step.name == name), None)
        if found is None:
            raise KeyError(f"{self.name} has no step {name}")
        return found


def go(step: str, *, hint: str | None = None, toast: str | None = None, **answers: str) -> Move:
    """Go on to a step of the same conversation."""
    return Move(step=step, answers=answers, hint=hint, toast=toast)


def again(hint: str) -> Move:
    """Ask the same question again, saying what is expected."""
    return Move(hint=hint)


def finish(step: str, *, toast: str | None = None, **answers: str) -> Move:
    """Go to a step from which there is no way back, because something was stored."""
    return Move(step=step, answers=answers, toast=toast, forgets=True)


def enter(
    conversation: str,
    step: str | None = None,
    *,
    hint: str | None = None,
    trail: tuple[str, ...] = (),
    **answers: str,
) -> Move:
    """Go to another conversation, at its beginning or at a step to which `trail` leads."""
    return Move(step, conversation, answers, hint, forgets=True, trail=trail)


class Dialogs:
    """All conversations, and the one way from a state and an answer to the next state."""

    def __init__(self, conversations: Iterable[Conversation], *, home: str) -> None:
        self._conversations = {conversation.name: conversation for conversation in conversations}
        self._home = home
        self.conversation(home)

    def conversation(self, name: str) -> Conversation:
        """Return the conversation of that name; raise KeyError when there is none."""
        return self._conversations[name]

    def names(self) -> tuple[str, ...]:
        """Return the names of all conversations."""
        return tuple(self._conversations)

    def has(self, place: str) -> bool:
        """Whether there is a conversation of this name, or a step as `conversation.step`."""
        name, dot, step = place.partition(".")
        steps = self._conversations[name].steps if name in self._conversations else ()
        return any(not dot or one.name == step for one in steps)

    def takes_files(self, state: DialogState) -> bool:
        """Whether the open step has a use for photos, voice and other files."""
        return self._place(state)[1].takes_files

    def fetches_files(self, state: DialogState) -> bool:
        """Whether the open step needs what is in a file."""
        return self._place(state)[1].fetches_files

    def stays(self, state: DialogState) -> bool:
        """Whether the message of the open step keeps its buttons."""
        return self._place(state)[1].stays

    def begin(self, state: DialogState | None, chat_id: int, move: Move) -> DialogState:
        """Return the state in which a conversation begins, whatever was open before."""
        state = state or DialogState(chat_id, self._home, "", version=0)
        return self._entered(state, move)

    async def screen(self, viewer: Viewer, state: DialogState) -> Screen:
        """Return the screen a state shows, complete with hint, step count, back and cancel."""
        conversation, step = self._place(state)
        screen = await step.ask(viewer, state.answers)
        text = screen.text
        if step.name in conversation.counted and not screen.is_page:
            count = viewer._("Step {step} of {steps}").format(
                step=conversation.counted.index(step.name) + 1, steps=len(conversation.counted)
            )
            text = f"{count}\n{text}"
        if state.hint:
            text = f"{state.hint}\n\n{text}"
        if not screen.keys:
            return replace(screen, text=text, rows=screen.rows + _last_row(viewer, state, screen))
        if screen.is_page:
            return replace(screen, text=text)
        keys = tuple(
            tuple(Key(button.text, value=button.value) for button in row)
            for row in _last_row(viewer, state, screen)
        )
        return replace(screen, text=text, keys=screen.keys + keys)

    async def take(
        self, viewer: Viewer, state: DialogState, given: Given
    ) -> tuple[DialogState, Move]:
        """Return the state after an answer, and the move that led there."""
        conversation, step = self._place(state)
        if isinstance(given, Typed):
            given = await self._understood(viewer, state, given)
        is_hers = step.takes_cancel and given == Pressed(CANCEL)
        move = None if is_hers else self._steering(viewer, given)
        move = move or await step.take(viewer, state.answers, given)
        if move is _STEP_BACK:
            return self._stepped_back(state), move
        if move.conversation:
            return self._entered(state, move), move
        if move.step is None:
            answers = state.answers | move.answers
            return state.moved(answers=answers, hint=move.hint), move
        conversation.step(move.step)
        return _advanced(state, move), move

    def _place(self, state: DialogState) -> tuple[Conversation, Step]:
        conversation = self._conversations.get(state.name) or self.conversation(self._home)
        names = {step.name for step in conversation.steps}
        step = state.step if state.step in names else conversation.steps[0].name
        return conversation, conversation.step(step)

    def _entered(self, state: DialogState, move: Move) -> DialogState:
        conversation = self.conversation(move.conversation or self._home)
        step = conversation.step(move.step) if move.step else conversation.steps[0]
        return state.moved(
            name=conversation.name,
            step=step.name,
            answers=dict(move.answers),
            trail=move.trail,
            hint=move.hint,
        )

    def _steering(self, viewer: Viewer, given: Given) -> Move | None:
        if not isinstance(given, Pressed):
            return None
        if given.value == BACK:
            return _STEP_BACK
        if given.value == CANCEL:
            return enter(self._home, hint=viewer._("Cancelled. Nothing was changed."))
        return enter(self._home) if given.value == CLOSE else None

    def _stepped_back(self, state: DialogState) -> DialogState:
        if not state.trail:
            return self._entered(state, Move(conversation=self._home))
        return state.moved(step=state.trail[-1], trail=state.trail[:-1], hint=None)

    async def _understood(self, viewer: Viewer, state: DialogState, given: Typed) -> Given:
        """Take typed words that name a button or a key for a press of it."""
        screen = await self.screen(viewer, state)
        wanted = plain(given.text)
        choices = [(button.text, button.value) for row in screen.rows for button in row]
        choices += [(key.text, key.value) for row in screen.keys for key in row]
        for text, value in choices:
            if value and wanted and wanted == plain(text):
                return Pressed(value)
        return given


_STEP_BACK = Move(step=BACK)


def plain(text: str) -> str:
    """Return a label without its emoji, blanks and case, so that typed words can match it."""
    return " ".join(_DECORATION.sub(" ", text).split()).casefold()


def _advanced(state: DialogState, move: Move) -> DialogState:
    """Return the state at the move's step; going to a step passed before is going back to it."""
    trail = () if move.forgets else (*state.trail, state.step)[-_LONGEST_TRAIL:]
    if move.step in trail:
        trail = trail[: trail.index(move.step)]
    return state.moved(
        step=move.step, answers=state.answers | move.answers, trail=trail, hint=move.hint
    )


def _last_row(viewer: Viewer, state: DialogState, screen: Screen) -> tuple[tuple[Button, ...], ...]:
    buttons = []
    if state.trail:
        buttons.append(Button(viewer._("⬅ Back"), BACK))
    if not screen.is_page:
        buttons.append(Button(viewer._("✖ Cancel"), CANCEL))
    return (tuple(buttons),) if buttons else ()
