"""Says in a sentence or two how a table is understood. Used by reports, pages and commands."""

from studio.training_sets.shapes.mapping import Mapping


def describe(mapping: Mapping) -> str:
    """What becomes of the rows, and how that was found; nothing for examples that were in no table."""
    if not mapping.completion and mapping.shape != "version":
        return ""
    said = _shape(mapping)
    if mapping.group:
        said += f" Rows with the same “{mapping.group}” stay together."
    if mapping.guessed_by == "content":
        said += " The names of the columns do not say so, their cells do: please check."
    return said


def _shape(mapping: Mapping) -> str:
    asked = f"“{mapping.prompt}”" if not mapping.template else f"the template “{mapping.template}”"
    match mapping.shape:
        case "messages" | "conversations":
            return f"Every answer in the conversations of “{mapping.completion}” becomes an example."
        case "text":
            return f"There is no column with answers: “{mapping.completion}” is learned as plain text."
        case "label":
            return (
                f"There is no column with answers: the expert learns to answer {asked} "
                f"with its label in “{mapping.completion}”."
            )
        case "instruction":
            given = (
                ""
                if mapping.input in (None, mapping.completion)
                else f" with their input in “{mapping.input}”"
            )
            return f"Instructions from {asked}{given}, answers from “{mapping.completion}”."
        case "version":
            return "This is an exported version: it comes back as it was."
        case _:
            return f"Questions from {asked}, answers from “{mapping.completion}”."
