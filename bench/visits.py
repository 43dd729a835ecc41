"""A visitor of one page who speaks Streamlit's websocket protocol, so that no browser's time is measured."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

PATIENCE_SECONDS = 60.0


class Visit:
    """One open tab. `title` is the heading that the server drew last."""

    def __init__(self, connection: ClientConnection, page: str, query: str) -> None:
        self._connection = connection
        self._page = page
        self._query = query
        self._script_hash = ""
        self.title = ""
        self.first_seconds = self.rerun()

    def rerun(self) -> float:
        """Ask for the whole page once more; seconds until the server says that it is drawn."""
        request = BackMsg()
        request.rerun_script.page_name = self._page
        request.rerun_script.page_script_hash = self._script_hash
        request.rerun_script.query_string = self._query
        began = time.perf_counter()
        self._connection.send(request.SerializeToString())
        while not self._finished(self._next_message()):
            pass
        return time.perf_counter() - began

    def _next_message(self) -> ForwardMsg:
        message = ForwardMsg()
        message.ParseFromString(self._connection.recv(PATIENCE_SECONDS, decode=False))
        return message

    def _finished(self, message: ForwardMsg) -> bool:
        kind = message.WhichOneof("type")
        if kind == "navigation":  # with several pages this is the page's hash, not the one in new_session
            self._script_hash = message.navigation.page_script_hash
        elif kind == "delta":
            self._look_at(message.delta)
        elif kind == "script_finished":
            if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                raise RuntimeError(f"The page {self._page or 'start'} does not compile.")
            return bool(message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY)
        return False

    def _look_at(self, delta: Delta) -> None:
        element = delta.new_element
        kind = element.WhichOneof("type")
        if kind == "heading" and element.heading.tag == "h1":
            self.title = element.heading.body
        elif kind == "exception" or (kind == "alert" and element.alert.format == Alert.ERROR):
            said = element.exception.message or element.alert.body
            raise RuntimeError(f"The page {self._page or 'start'} shows an error: {said}")


@contextmanager
def visit(address: str, page: str, query: str = "") -> Iterator[Visit]:
    """Open a page of the server at `address` (host:port) and wait until it is drawn for the first time."""
    with connect(
        f"ws://{address}/_stcore/stream",
        origin=Origin(f"http://{address}"),
        subprotocols=[Subprotocol("streamlit")],
        compression=None,
        max_size=None,
    ) as connection:
        yield Visit(connection, page, query)
