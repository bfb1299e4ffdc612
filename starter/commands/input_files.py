"""What people hand in by file or standard input: JSON."""

from typing import Any

from starter.bounds import MESSAGE_FILE_BYTES
from starter.errors import BadInput
from starter.tables.file_content import read_bytes, text_of_file
from starter.tables.strict_json import as_object


def read_text(path: str) -> str:
    """The text of a file that holds one message, `-` being standard input.

    Raises:
        BadInput: it cannot be read, is no text, or is too large to be any message of ours.
    """
    large = ("no message is that large", "不会是本系统的报文")
    content = read_bytes(path, MESSAGE_FILE_BYTES, large)
    try:
        return text_of_file(content, of_one=True)
    except BadInput as error:
        raise BadInput(error.words.at(path)) from None


def read_object(path: str) -> dict[str, Any]:
    """The JSON object in a file, `-` being standard input.

    Raises:
        BadInput: it cannot be read, or is not a JSON object.
    """
    return as_object(read_text(path), path)
