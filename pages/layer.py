"""A link to this page on a server that nobody has visited yet: the shell runs, and it shows the page."""

import runpy
from pathlib import Path

runpy.run_path(str(Path(__file__).parents[1] / "streamlit_app.py"), run_name="__main__")
