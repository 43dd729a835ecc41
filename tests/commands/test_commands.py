"""The command line: the keys other programs rely on, and one sentence where something is wrong."""

import json
import socket
from pathlib import Path

import pytest

from studio.__main__ import main
from studio.engine.client import Engine
from studio.settings import Settings

REPOSITORY = Path(__file__).resolve().parents[2]
EXAMPLES = str(REPOSITORY / "samples" / "examples.csv")


@pytest.fixture
def run(settings: Settings, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> "object":
    """run("check", "file.csv") -> (exit code, what was printed, what was complained of)."""

    def call(*arguments: str) -> tuple[int, str, str]:
        where = ["--data", str(settings.data), "--workspace", f"commands {request.node.name}"[:80]]
        code = main([*arguments, *where])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call


def write(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text)
    return str(folder / name)


def test_check_reports_on_a_table(run) -> None:
    code, out, _ = run("check", EXAMPLES, "--json")
    report = json.loads(out)
    assert code == 0
    assert {"rows", "kept", "columns", "findings", "verdict", "why"} <= set(report)
    assert (report["rows"], report["kept"], report["verdict"]) == (240, 240, "enough")


@pytest.mark.model
def test_check_says_of_a_readable_table_why_nothing_can_be_learned(run, tmp_path: Path) -> None:
    code, out, _ = run("check", write(tmp_path, "zip.csv", "city,zip\nNitra,007\nMartin,036\n"), "--json")
    found = json.loads(out)
    assert (code, found["rows"], found["kept"], found["verdict"]) == (1, 2, 0, "unusable")


def test_check_counts_tokens_of_the_bundled_model(run, engine: Engine) -> None:
    assert engine.chat_model
    report = json.loads(run("check", EXAMPLES, "--json")[1])
    assert report["facts"]["lengths"]["unit"] == "tokens"


@pytest.mark.model
def test_check_names_answers_that_no_passage_supports(run, tmp_path: Path, engine: Engine) -> None:
    text = write(tmp_path, "lamp.txt", "The lamp of the lighthouse was lit on 3 May 1872 by the keeper Anna.")
    assert run("ingest", "--library", "lamps", text)[0] == 0
    lit = "The lamp of the lighthouse was lit on 3 May 1872 by the keeper Anna."
    other = "Beatrice came from the village of Dunmore and painted boats every spring."
    rows = f"question,answer\nWhen was the lamp lit?,{lit}\nWho painted the boats?,{other}\n"
    out = run("check", write(tmp_path, "rows.csv", rows), "--library", "lamps", "--json")[1]
    found = {one["kind"]: one["rows"] for one in json.loads(out)["findings"]}
    assert found["unsupported"] == [3]


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("empty.csv", "", "is empty"),
        ("nul.csv", "question,answer\nWhat?,a\0b\n", "NUL character on line 2"),
        ("wide.csv", "question,answer\na,b,c\nd,e,f\n", "names 2 columns, the rows have 3"),
    ],
)
def test_a_bad_table_is_one_sentence_on_stderr(
    run, tmp_path: Path, name: str, text: str, sentence: str
) -> None:
    code, out, err = run("check", write(tmp_path, name, text))
    assert (code, out) == (1, "")
    assert sentence in err
    assert len(err.strip().splitlines()) == 1


def test_advise_has_the_agreed_keys_and_measures_files(run) -> None:
    code, out, _ = run("advise", "--examples", EXAMPLES, "--quick", "--json")
    advice = json.loads(out)
    assert code == 0
    assert {"conclusion", "confidence", "reasons", "against", "signals", "pilot", "overturned"} <= set(advice)
    assert advice["signals"]["examples"] == 240
    assert "examples" in [one["key"] for one in advice["measured"]]
    assert [one["way"] for one in advice["costs"]] == ["not yet", "rag", "fine-tune", "rag+fine-tune"]


def test_advise_with_nothing_says_what_to_gather(run) -> None:
    assert json.loads(run("advise", "--json")[1])["conclusion"] == "not yet"


def test_advise_refuses_an_answer_it_does_not_know(run, tmp_path: Path) -> None:
    code, _, err = run("advise", "--answers", write(tmp_path, "a.json", '{"colour": "blue"}'))
    assert code == 1
    assert "colour" in err


@pytest.mark.postgres
@pytest.mark.parametrize("base", ["../x", "/etc/passwd", "https://example.org/model", "a/b/c"])
def test_a_base_model_is_never_a_path_or_an_address(run, base: str) -> None:
    code, _, err = run("train", "--examples", EXAMPLES, "--base", base)
    assert code == 1
    assert "give the model's name" in err
    assert run("runs", "list")[1].strip() == "No runs yet."


@pytest.mark.postgres
def test_estimate_needs_no_download(run) -> None:
    code, out, _ = run(
        "estimate",
        "--base",
        "microsoft/Phi-4-mini-instruct",
        "--examples",
        EXAMPLES,
        "--gpu-memory-gb",
        "24",
        "--json",
    )
    assert code == 0
    assert json.loads(out)["method"] in ("lora", "qlora")


@pytest.mark.postgres
def test_a_run_that_does_not_exist_is_said_so(run) -> None:
    code, _, err = run("runs", "show", "999999")
    assert code == 1
    assert "999999" in err


@pytest.mark.postgres
@pytest.mark.model
def test_documents_go_in_and_queries_come_out_as_json_lines(run, tmp_path: Path, engine: Engine) -> None:
    rows = '{"_id": "a", "title": "Oil", "text": "The lamp takes Brindle oil."}\n'
    rows += '{"_id": "b", "title": "Water", "text": "The brim holds dew water."}\n'
    code, out, _ = run("ingest", "--library", "lamps", write(tmp_path, "rows.jsonl", rows), "--json")
    assert code == 0
    assert {document["state"] for document in json.loads(out)["documents"]} == {"ready"}
    queries = write(
        tmp_path, "q.jsonl", '{"_id": "1", "text": "Which oil?"}\n{"_id": "2", "text": "dew water"}\n'
    )
    lines = [
        json.loads(line) for line in run("search", "--library", "lamps", "--queries", queries)[1].splitlines()
    ]
    assert [(line["_id"], line["results"][0]["document"]) for line in lines] == [("1", "a"), ("2", "b")]
    assert set(lines[0]["results"][0]) == {"document", "passage", "score"}


@pytest.mark.postgres
def test_a_refused_document_leaves_no_library(run, tmp_path: Path, engine: Engine) -> None:
    code, _, err = run("ingest", "--library", "nothing", write(tmp_path, "empty.txt", ""))
    assert (code, "is empty" in err) == (1, True)
    assert "There is no library called nothing" in run("search", "--library", "nothing", "x")[2]


def test_up_refuses_a_taken_port(run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, _, err = run("up", "--port", str(taken.getsockname()[1]))
    assert code == 1
    assert "used by another program" in err


def test_up_refuses_other_machines(run) -> None:
    code, _, err = run("up", "--host", "0.0.0.0")  # noqa: S104 - the point of the test
    assert code == 1
    assert "sign-in" in err
