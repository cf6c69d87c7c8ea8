"""Browser components: Python packs what is shown, JavaScript draws it."""
