"""The browser side: server, page frame, shared page parts."""
