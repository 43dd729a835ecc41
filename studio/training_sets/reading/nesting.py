"""Rows that stand within others: the questions to a passage, and objects kept under their ids.

Called by json_rows.
"""

from collections.abc import Iterator
from typing import Any

from studio.training_sets.reading.objects import Object


def questions_of(row: Object) -> Iterator[tuple[Object, bool]]:
    """The row itself, or the questions nested in it as SQuAD has them: paragraphs, qas, answers.

    Its title becomes the document, its context goes with every question; of several answers the first one
    is taken, which is told beside it, and a question that the passage does not answer has none.
    """
    paragraphs = row.get("paragraphs", [row])
    if not _are_objects(paragraphs) or not all(_are_objects(one.get("qas")) for one in paragraphs):
        yield row, False
        return
    about = {"document": row["title"]} if "title" in row else {}
    for paragraph in paragraphs:
        for asked in paragraph["qas"]:
            answers = asked.get("answers", asked.get("answer"))
            kept = {name: asked[name] for name in ("id", "question") if name in asked}
            texts = [_text(one) for one in answers] if isinstance(answers, list) else [_text(answers)]
            found = {**about, "context": paragraph.get("context"), **kept, "answer": next(iter(texts), None)}
            yield found, len(set(map(str, texts))) > 1


def keyed_rows(key: str, value: dict[str, Any]) -> Iterator[Object]:
    """The objects in this one with their ids, or the one that it is itself."""
    if is_keyed(value):
        yield from ({"id": inner, **one} for inner, one in value.items())
    else:
        yield {"id": key, **value}


def is_keyed(value: Any) -> bool:
    """Whether this is an object of nothing but objects."""
    return isinstance(value, dict) and bool(value) and all(isinstance(one, dict) for one in value.values())


def _are_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _text(answer: Any) -> Any:
    return answer.get("text") if isinstance(answer, dict) else answer
