"""`python -m coursewire`: the command, where the folder of programs is on nobody's path."""

from coursewire.cli.entry import main

# A server of several processes loads this file again in each, under another name.
if __name__ == "__main__":
    main()
