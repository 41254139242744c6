"""The words of what follows a choice she made herself, and of the offers before it."""

from collections.abc import Callable, Mapping

from backend.texts.phrases import (
    Gettext,
    Words,
    centre,
    chosen_place,
    clinic,
    id_card,
    nothing,
    results,
)

CONTRACEPTION: Mapping[str, Callable[[Gettext, int], Words]] = {
    "postpartum_advice": lambda _, n: Words(
        title=_("Advice after a birth"),
        what=_("Without breastfeeding, a new pregnancy is possible from day 25. Advice is free."),
        bring=nothing(_),
        where=clinic(_),
    ),
    "s2": lambda _, n: Words(
        title=_("Free supplies and advice"),
        what=_("Contraceptives and advice are free. Nobody decides but you."),
        bring=id_card(_),
        where=clinic(_),
    ),
    "s3": lambda _, n: Words(
        title=_("Talk about contraception"),
        what=_(
            "A doctor explains the methods. An IUD is possible from day 42, after a caesarean from"
            " about month 6; choosing none is fine, too."
        ),
        bring=id_card(_),
        where=centre(_),
    ),
    "iud": lambda _, n: Words(
        title=_("IUD check, month {months}").format(months=n),
        what=_("The doctor looks whether all is well. If anything hurts, go sooner."),
        bring=results(_),
        where=chosen_place(_),
    ),
    "implant": lambda _, n: Words(
        title=_("Implant check, month {months}").format(months=n),
        what=_("The doctor looks whether all is well. If anything hurts, go sooner."),
        bring=results(_),
        where=chosen_place(_),
    ),
    "ligation": lambda _, n: Words(
        title=_("Recovery check, month {months}").format(months=n),
        what=_("The doctor looks how you have recovered. If anything hurts, go sooner."),
        bring=results(_),
        where=chosen_place(_),
    ),
    "abortion_care": lambda _, n: Words(
        title=_("Your health, month {months}").format(months=n),
        what=_("If you like, a doctor sees how you are. You need not explain anything."),
        bring=id_card(_),
        where=chosen_place(_),
    ),
    "implant_expiry": lambda _, n: Words(
        title=_("Implant near its end"),
        what=_("Your implant will soon be used up. A doctor takes it out; what next is up to you."),
        bring=results(_),
        where=chosen_place(_),
    ),
    "iud_removed": lambda _, n: Words(
        title=_("Check after the IUD"),
        what=_("The doctor looks whether all is well after it was taken out."),
        bring=results(_),
        where=chosen_place(_),
    ),
    "implant_removed": lambda _, n: Words(
        title=_("Check after the implant"),
        what=_("The doctor looks whether all is well after it was taken out."),
        bring=results(_),
        where=chosen_place(_),
    ),
    "vasectomy": lambda _, n: Words(
        title=_("Test after the procedure"),
        what=_("A test shows whether it works. Until it does, use another method."),
        bring=results(_),
        where=chosen_place(_),
    ),
    "pill": lambda _, n: Words(
        title=_("Fetch pills again"),
        what=_("The pills are free. Tell the doctor if you do not feel well with them."),
        bring=id_card(_),
        where=clinic(_),
    ),
    "condom": lambda _, n: Words(
        title=_("Fetch condoms again"),
        what=_("Condoms are free. Fetch as many as you need."),
        bring=id_card(_),
        where=clinic(_),
    ),
    "menopause_iud": lambda _, n: Words(
        title=_("IUD after the last period"),
        what=_("It is best taken out within a year of the last period. A doctor advises you."),
        bring=results(_),
        where=centre(_),
    ),
    "menopause_implant": lambda _, n: Words(
        title=_("Implant after the last period"),
        what=_("From half a year after the last period it can be taken out. A doctor advises you."),
        bring=results(_),
        where=centre(_),
    ),
}
