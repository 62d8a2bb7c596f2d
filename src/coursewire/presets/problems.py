"""Why a preset is not used, said to the person who runs the program."""


class PresetError(Exception):
    """There is no such preset, or it does not fit this site; the text says what to do."""
