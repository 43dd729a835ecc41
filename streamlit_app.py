"""The entry that Streamlit runs for every page: studio.web.frame draws the frame and the page inside it.

Serve it with `python -m studio up`.
"""

from studio.web.frame import show_page

show_page()
