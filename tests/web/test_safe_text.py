"""Foreign text on a page: nothing of it becomes an image, a link, HTML or a style."""

import pytest

from studio.web.parts.safe_text import escaped, marked, prose, with_citations

ATTACKS = [
    "![x](https://evil.example/a.png)",
    "[click](https://evil.example)",
    "<img src=x onerror=alert(1)>",
    "https://evil.example/?q=secret",
    "www.evil.example",
    "mail me@evil.example",
    ":red[alarm]",
    "```mermaid\ngraph TD; A-->B\n```",
    "[x]: https://evil.example\n[x]",
    "<https://evil.example>",
    "&lt;b&gt;",
]


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("render", [escaped, prose, lambda text: marked(text, [(0, len(text))])])
def test_markup_of_others_is_shown_as_text(attack, render):
    from markdown_it import MarkdownIt

    ours = render(attack).replace(":yellow-background[", "").removesuffix("]")
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(ours)
    kinds = {child.type for token in tokens for child in token.children or []}
    assert not kinds & {"image", "link_open", "html_inline"}
    assert not {token.type for token in tokens} & {"html_block", "fence", "code_block"}


@pytest.mark.parametrize("attack", ["https://evil.example", "www.evil.example", "me@evil.example"])
def test_bare_addresses_become_code_so_that_no_browser_links_them(attack):
    assert f"`{attack}`" in prose(f"see {attack} there")


def test_a_known_citation_becomes_a_link_to_its_passage():
    assert with_citations("It is 4 bar [2].", {2: "/passage?id=31"}).endswith(r"[\[2\]](/passage?id=31).")


def test_an_unknown_citation_stays_text():
    assert "](/passage" not in with_citations("It is 4 bar [7].", {2: "/passage?id=31"})


def test_a_model_cannot_write_a_citation_link_itself():
    assert "](http" not in with_citations("[1](https://evil.example)", {1: "/passage?id=5"})


def test_emphasis_and_lists_of_a_model_stay():
    assert prose("1. **Open** it\n- close it") == "1. **Open** it\n- close it"


def test_a_line_of_dashes_makes_no_heading():
    assert prose("Title\n---\ntext") == "Title\n\ntext"


def test_a_marked_passage_keeps_its_lines():
    assert marked("Valves\n\nOpen them.") == (
        ":yellow-background[Valves]  \n" + r":yellow-background[Open them\.]"
    )


def test_sentences_marked_more_strongly_stand_apart_from_their_passage():
    assert marked("It is old. It opens at 4. Wait.", [(11, 25)]) == (
        r":gray-background[It is old\.] :yellow-background[**It opens at 4\.**] :gray-background[Wait\.]"
    )


def test_a_sentence_over_two_lines_is_marked_on_both():
    assert marked("It opens\nat 4", [(0, 13)]) == (
        ":yellow-background[**It opens**]  \n:yellow-background[**at 4**]"
    )
