from hypothesis import settings

# A machine that is busy with other work is no failure of the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
