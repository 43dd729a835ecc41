"""How each defect is put into rows. Used by rows."""

from collections.abc import Callable

from bench.planted import numbers, texts
from bench.planted.plan import Plan, Row
from bench.planted.rewording import nearly, really_near, typo


def with_piece(plan: Plan, piece: str) -> Row:
    """A clean row with a piece in its question or answer."""
    question, answer = plan.clean()
    if plan.chance.random() < 0.25:
        return f"{question} {piece}", answer
    return question, plan.chance.choice((f"{answer} {piece}", f"{piece} {answer}"))


def _damage(plan: Plan) -> Row:
    text = plan.chance.choice(texts.ACCENTED)
    if plan.chance.random() < 0.3:
        return with_piece(plan, "".join("\ufffd" if ord(letter) > 127 else letter for letter in text))
    for codec in plan.chance.sample(("cp1252", "latin-1", "cp1250"), 3):
        try:
            return with_piece(plan, text.encode().decode(codec))
        except UnicodeDecodeError:
            continue
    return with_piece(plan, text.encode().decode("latin-1"))


def _near_twin(plan: Plan) -> None:
    question, answer = plan.clean()
    name = f"near_duplicate {len(plan.rows)}"
    plan.put((question, answer), name)
    asked, said = nearly(plan.chance, question), answer
    if plan.chance.random() < 0.4:
        said = plan.chance.choice(
            (
                answer.lower(),
                typo(plan.chance, answer),
                answer.replace(".", "!"),
                f"{answer} Hope this helps.",
                answer.replace(" the ", " that ", 1),
                f"Sure. {answer}",
                answer.replace("; ", ". "),
            )
        )
    if (asked.strip(), said) == (question, answer):
        asked = asked.upper()
    plan.put((asked.strip(), said), name)


def _twin(plan: Plan) -> None:
    row, name = plan.clean(), f"duplicate {len(plan.rows)}"
    plan.put(row, name)
    plan.put(row, name)


def _contradict(plan: Plan) -> None:
    (question, answer), (_, other) = plan.clean(), plan.clean()
    plan.put((question, answer), "contradiction")
    again = plan.chance.choice((question, question.upper(), question.replace(" ", "  ", 1)))
    plan.put((again, other), "contradiction")


def _leak(plan: Plan, change: Callable[[str], str], kind: str) -> None:
    row = plan.clean()
    plan.against.append(change(row[0]))
    plan.put(row, kind)


def _changed(kind: str, change: Callable[[Plan, Row], Row]) -> Callable[[Plan], None]:
    return lambda plan: plan.put(change(plan, plan.clean()), kind)


def _in_answer(plan: Plan, row: Row, form: str) -> Row:
    return row[0], form.format(row[1])


def _somewhere(plan: Plan, row: Row, character: str) -> Row:
    """In the middle of a word, between words, or at the very start of the answer."""
    at = plan.chance.choice((0, row[1].find(" ") + 1, len(row[1]) // 2))
    return row[0], row[1][:at] + character + row[1][at:]


def _foreign(plan: Plan, row: Row) -> Row:
    question, answer = plan.chance.choice(texts.FOREIGN)
    number = plan.chance.randint(2, 99_999)
    question = question.replace("?", f" ({number})?")
    return (
        (question, f"{answer} ({number})") if plan.chance.random() < 0.7 else (row[0], f"{answer} ({number})")
    )


PLANT: dict[str, Callable[[Plan], None]] = {
    "duplicate": _twin,
    "near_duplicate": _near_twin,
    "contradiction": _contradict,
    "empty_question": _changed("empty_question", lambda plan, row: ("", row[1])),
    "empty_answer": _changed("empty_answer", lambda plan, row: (row[0], "")),
    "one_word_answer": _changed(
        "one_word_answer", lambda plan, row: (row[0], plan.chance.choice(texts.ONE_WORD))
    ),
    "too_long": _changed(
        "too_long",
        lambda plan, row: (row[0], " ".join(plan.clean()[1] for _ in range(plan.chance.randint(75, 110)))),
    ),
    "broken_text": lambda plan: plan.put(_damage(plan), "broken_text"),
    "html": _changed("html", lambda plan, row: _in_answer(plan, row, plan.chance.choice(texts.HTML))),
    "mixed_language": _changed("mixed_language", _foreign),
    "personal_data": lambda plan: plan.put(
        with_piece(
            plan,
            plan.chance.choice(("{}", "Reach me at {}.", "It is {}, I think.", "({})")).format(
                plan.chance.choice(numbers.PERSONAL)(plan.chance)
            ),
        ),
        "personal_data",
    ),
    "secret": lambda plan: plan.put(
        with_piece(plan, plan.chance.choice(numbers.SECRETS)(plan.chance)), "secret"
    ),
    "special_token": lambda plan: plan.put(
        with_piece(plan, plan.chance.choice(texts.TOKENS)), "special_token"
    ),
    "bidi": _changed("bidi", lambda plan, row: _somewhere(plan, row, plan.chance.choice(texts.INVISIBLE))),
    "leakage": lambda plan: _leak(
        plan, lambda question: plan.chance.choice((question, question.lower())), "leakage"
    ),
    "near_leakage": lambda plan: _leak(
        plan, lambda question: really_near(plan.chance, question), "near_leakage"
    ),
}
