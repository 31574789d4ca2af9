#!/bin/sh
# Print a Python that can make the environment: 3.11 or newer, with venv and ensurepip.
problem="There is no Python 3.11 or newer on the PATH. Install one (Debian and Ubuntu: apt-get install python3 python3-venv) and try again; PYTHON=/path/to/python3.11 chooses one."
for candidate in ${PYTHON:-.venv/bin/python python3 python3.14 python3.13 python3.12 python3.11 python}; do
    "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue
    if "$candidate" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        echo "$candidate"
        exit 0
    fi
    problem="$candidate cannot make environments. Install its venv module (Debian and Ubuntu: apt-get install python3-venv) and try again."
done
echo "$problem" >&2
exit 1
