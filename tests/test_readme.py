"""README tells the truth about the files."""

from docs import tree


def test_the_tree_in_readme_is_the_tree_on_disk() -> None:
    assert tree.written() == tree.tree(), "run `make tree`"


def test_every_module_says_what_it_is() -> None:
    silent = [line for line in tree.tree().splitlines() if line.startswith("  ") and len(line.split()) < 3]
    assert silent == []
