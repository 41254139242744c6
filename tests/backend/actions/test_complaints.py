"""Complaints behind the chat: sealed, found by receipt alone, kept from whoever they name."""

from datetime import datetime, timedelta

import pytest

from backend.actions import complaint_progress, complaints, desk, desk_keys, mydata
from backend.actions.complaints import Filed, Subject
from backend.domain.complaints import MOST_PIECES, Category, Deed, DeedRefused, Kind, Piece, Rating
from backend.domain.desk import (
    NOBODY,
    About,
    DeskClosed,
    DeskKeyExcluded,
    DeskKeyKnown,
    DeskKeyWrong,
    ReceiptUnknown,
    Unit,
)
from backend.domain.receipts import receipt_of
from backend.store import models
from backend.store.sql import execute
from tests.builders import WANG_XIUYING_CHAT, an_account, sun_li, wang_xiuying, zhao_ming
from tests.desks import DeskHolder, a_county_desk, a_holder, a_township_desk

CHAT = WANG_XIUYING_CHAT
WORDS = "打一针收了二十块"


async def hand_in(
    now: datetime, *, about: About = NOBODY, category: Category = Category.CHARGED
) -> Filed:
    """A complaint of one sentence."""
    subject = Subject(Kind.COMPLAINT, category, about)
    draft_id = await complaints.begin(subject, now=now)
    await complaints.add_piece(draft_id, Piece.TEXT, WORDS.encode(), now=now)
    return await complaints.hand_in(draft_id, CHAT, now=now)


@pytest.fixture
async def county(database: str, now: datetime) -> DeskHolder:
    """何芳 of the county, whose desk is open."""
    holder, _other, _recovery = await a_county_desk(now=now)
    return holder


async def test_a_complaint_is_read_by_the_desk_and_by_the_recovery_key(
    database: str, now: datetime
) -> None:
    fang, lan, recovery = await a_county_desk(now=now)
    filed = await hand_in(now)
    for holder in (fang, lan, recovery):
        opened = await desk.open_complaint(filed.receipt, holder.private_key, now=now)
        assert [part.content.decode() for part in opened.parts] == [WORDS]
        assert opened.header.category is Category.CHARGED
    assert [reading.holder for reading in opened.readings].count("何芳") == 1


async def test_no_row_knows_a_person_or_the_hour(county: DeskHolder, now: datetime) -> None:
    person = await wang_xiuying()
    await hand_in(now)
    for name in ("Complaint", "ComplaintPiece", "ComplaintPieceKey", "ComplaintRecipient"):
        for row in await getattr(models, name).all().values():
            assert person.id not in row.values()
            assert CHAT not in row.values()
            assert not any(isinstance(value, datetime) for value in row.values())


async def test_ids_are_random_and_not_in_order(county: DeskHolder, now: datetime) -> None:
    for _time in range(4):
        await complaints.begin(Subject(Kind.PRAISE), now=now)
    ids = await models.ComplaintPiece.all().order_by("complaint_id").values_list("id", flat=True)
    assert max(ids) - min(ids) > 2**50  # type: ignore[operator]


async def test_only_the_digest_of_a_receipt_is_kept(county: DeskHolder, now: datetime) -> None:
    filed = await hand_in(now)
    [row] = await execute("SELECT receipt_digest FROM complaint")
    assert filed.receipt not in row["receipt_digest"]
    progress = await complaint_progress.look_up(filed.receipt, chat_id=CHAT, now=now)
    assert progress.counts == {Piece.TEXT: 1}


async def test_without_enough_keys_nothing_is_begun(database: str, now: datetime) -> None:
    await a_holder("何芳", now=now)
    await a_holder("", now=now, is_recovery=True)
    assert await desk_keys.open_desk() is None
    with pytest.raises(DeskClosed):
        await complaints.begin(Subject(Kind.PRAISE), now=now)


async def test_a_draft_without_content_is_not_taken_and_one_is_handed_in_once(
    county: DeskHolder, now: datetime
) -> None:
    draft_id = await complaints.begin(Subject(Kind.PRAISE), now=now)
    with pytest.raises(DeedRefused):
        await complaints.hand_in(draft_id, CHAT, now=now)
    await complaints.add_piece(draft_id, Piece.TEXT, b"well done", now=now)
    await complaints.hand_in(draft_id, CHAT, now=now)
    with pytest.raises(DeedRefused):
        await complaints.hand_in(draft_id, CHAT, now=now)


async def test_a_complaint_takes_only_so_many_pieces(county: DeskHolder, now: datetime) -> None:
    draft_id = await complaints.begin(Subject(Kind.PRAISE), now=now)
    for _time in range(MOST_PIECES):
        await complaints.add_piece(draft_id, Piece.TEXT, b"x", now=now)
    with pytest.raises(DeedRefused):
        await complaints.add_piece(draft_id, Piece.TEXT, b"x", now=now)


async def test_an_abandoned_draft_is_gone_after_two_days_and_a_complaint_after_three_years(
    county: DeskHolder, now: datetime
) -> None:
    await complaints.begin(Subject(Kind.PRAISE), now=now)
    await hand_in(now)
    assert await complaints.forget(now=now + timedelta(days=1)) == 0
    assert await complaints.forget(now=now + timedelta(days=2)) == 1
    assert await complaints.forget(now=now + timedelta(days=3 * 365)) == 0
    assert await complaints.forget(now=now + timedelta(days=3 * 366)) == 1
    for table in ("complaint", "complaint_piece", "complaint_piece_key", "complaint_recipient"):
        assert await execute(f"SELECT 1 AS one FROM {table}") == []


async def test_the_answer_is_told_by_a_row_that_knows_no_person_and_goes_when_sent(
    county: DeskHolder, now: datetime
) -> None:
    await an_account(CHAT)
    filed = await hand_in(now)
    await desk.deal(filed.receipt, county.private_key, Deed.ANSWER, text="退款。", now=now)
    row = await models.Send.get()
    assert (row.chat_id, row.person_id, row.kind) == (CHAT, None, "complaint_answer")
    assert filed.receipt not in f"{row.reference}{row.dedup_key}"
    assert desk.told_receipt(row.reference) == filed.receipt
    assert await complaints.forget_notices() == 0
    await execute("UPDATE send SET state = 'sent', finished_at = $1", now)
    assert await complaints.forget_notices() == 1


async def test_replies_are_read_with_the_receipt_alone(county: DeskHolder, now: datetime) -> None:
    filed = await hand_in(now)
    await desk.deal(filed.receipt, county.private_key, Deed.ACCEPT, text="", now=now)
    await desk.deal(filed.receipt, county.private_key, Deed.EXTEND, text="要去核实", now=now)
    progress = await complaint_progress.look_up(filed.receipt, chat_id=CHAT, now=now)
    assert [(reply.deed, reply.text) for reply in progress.replies] == [
        (Deed.ACCEPT, ""),
        (Deed.EXTEND, "要去核实"),
    ]
    [row] = await execute("SELECT box FROM complaint_reply WHERE deed = 'extend'")
    assert "核实".encode() not in bytes(row["box"])


async def test_what_is_withdrawn_is_erased(county: DeskHolder, now: datetime) -> None:
    filed = await hand_in(now)
    await complaint_progress.withdraw(filed.receipt, chat_id=CHAT, now=now)
    assert not await models.ComplaintPiece.exists()
    assert await desk.list_for(county.private_key) == []
    with pytest.raises(ReceiptUnknown):
        await desk.open_complaint(filed.receipt, county.private_key, now=now)
    with pytest.raises(DeedRefused):
        await complaint_progress.withdraw(filed.receipt, chat_id=CHAT, now=now)


async def test_an_answer_is_rated_once_and_reviewed_once(county: DeskHolder, now: datetime) -> None:
    receipt = (await hand_in(now)).receipt
    with pytest.raises(DeedRefused):
        await complaint_progress.rate(receipt, Rating.GOOD, chat_id=CHAT, now=now)
    for _answer in range(2):
        await desk.deal(receipt, county.private_key, Deed.ANSWER, text="好", now=now)
        rating = Rating.FAIR if _answer else Rating.AGAIN
        await complaint_progress.rate(receipt, rating, chat_id=CHAT, now=now)
    with pytest.raises(DeedRefused):
        await complaint_progress.rate(receipt, Rating.AGAIN, chat_id=CHAT, now=now)


async def test_ten_thousand_guesses_find_nothing_and_look_all_alike(
    county: DeskHolder, now: datetime
) -> None:
    filed = await hand_in(now)
    for number in range(10_000):
        with pytest.raises(ReceiptUnknown):
            await complaint_progress.look_up(receipt_of(number), chat_id=666, now=now)
    assert await models.ReceiptGuess.all().count() == complaint_progress.MOST_GUESSES
    with pytest.raises(ReceiptUnknown):
        await complaint_progress.look_up(filed.receipt, chat_id=666, now=now)
    assert await complaint_progress.look_up(filed.receipt, chat_id=CHAT, now=now)
    later = now + complaint_progress.GUESS_WINDOW
    assert await complaint_progress.look_up(filed.receipt, chat_id=666, now=later)
    assert await complaint_progress.forget_guesses(now=later) == complaint_progress.MOST_GUESSES


async def test_looking_an_own_complaint_up_is_no_guess(county: DeskHolder, now: datetime) -> None:
    filed = await hand_in(now)
    for _time in range(2 * complaint_progress.MOST_GUESSES):
        await complaint_progress.look_up(filed.receipt, chat_id=CHAT, now=now)
    assert not await models.ReceiptGuess.exists()


async def seen_by(holder: DeskHolder, receipt: str, now: datetime) -> list[str]:
    """Everything a key's holder gets to see, as text."""
    seen = [repr(await desk.list_for(holder.private_key))]
    for attempt in (
        desk.open_complaint(receipt, holder.private_key, now=now),
        desk.deal(receipt, holder.private_key, Deed.ACCEPT, text="", now=now),
        desk.pass_on(receipt, holder.private_key, holder.public_key),
    ):
        try:
            seen.append(repr(await attempt))
        except ReceiptUnknown as error:
            seen.append(f"{error!r}{error}{error.code}{vars(error)}")
    return seen


@pytest.mark.parametrize(
    "about", [About(words="窗口的周敏"), About(unit=Unit.TOWNSHIP), About(words="吴霞和周敏")]
)
async def test_whoever_is_named_sees_the_same_whether_or_not_it_exists(
    database: str, now: datetime, about: About
) -> None:
    await a_county_desk(now=now)
    zhou_min, _wu_xia = await a_township_desk(now=now)
    never = await seen_by(zhou_min, receipt_of(7), now)
    filed = await hand_in(now, about=about)
    assert await seen_by(zhou_min, filed.receipt, now) == never


async def test_the_line_of_command_of_a_cadre_is_kept_out(database: str, now: datetime) -> None:
    await a_county_desk(now=now)
    _zhou_min, wu_xia = await a_township_desk(now=now)
    await sun_li()
    officer = await a_holder("孙丽", now=now, region_code="330000100000", office="青溪镇")
    never = await seen_by(officer, receipt_of(7), now)
    filed = await hand_in(now, about=About(words="赵明"))
    assert await seen_by(officer, filed.receipt, now) == never
    assert await desk.open_complaint(filed.receipt, wu_xia.private_key, now=now)


async def test_the_accused_finds_no_trace_in_what_is_kept_of_her(
    county: DeskHolder, now: datetime
) -> None:
    accused = await zhao_ming()
    before = await mydata.export(accused.person_id, now=now)
    await hand_in(now, about=About(words="赵明"))
    after = await mydata.export(accused.person_id, now=now)
    after["audit_entry"] = [one for one in after["audit_entry"] if one["action"] != "exported"]
    assert after == before


async def test_a_complaint_is_passed_on_but_never_to_whom_it_names(
    county: DeskHolder, now: datetime
) -> None:
    zhou_min, wu_xia = await a_township_desk(now=now)
    filed = await hand_in(now, about=About(words="镇里窗口的周敏"))
    with pytest.raises(DeskKeyExcluded):
        await desk.pass_on(filed.receipt, county.private_key, zhou_min.public_key)
    with pytest.raises(ReceiptUnknown):
        await desk.open_complaint(filed.receipt, wu_xia.private_key, now=now)
    await desk.pass_on(filed.receipt, county.private_key, wu_xia.public_key)
    opened = await desk.open_complaint(filed.receipt, wu_xia.private_key, now=now)
    assert opened.parts[0].content.decode() == WORDS


async def test_a_key_is_entered_once_and_sealed_to_until_it_ends(
    county: DeskHolder, now: datetime
) -> None:
    with pytest.raises(DeskKeyKnown):
        await desk_keys.add_key(county.public_key, "330000000000", office="县妇联", now=now)
    with pytest.raises(DeskKeyWrong):
        await desk_keys.add_key("no key", "330000000000", office="县妇联", now=now)
    await desk_keys.end_key(county.public_key, now=now)
    with pytest.raises(DeskKeyWrong):
        await desk_keys.end_key(county.public_key, now=now)
    assert await desk_keys.open_desk() is None
