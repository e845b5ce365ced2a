# Sourced in the project's folder: sets `python`, an interpreter, and `tools`, an
# environment with what builds and tests the package (requirements.txt), made where
# it is missing.
python=$("${PYTHON:-python3}" -c 'import sys; print(sys.executable)')
tools=${XDG_CACHE_HOME:-$HOME/.cache}/libwitrt/python/$("$python" -c 'import sysconfig; print(sysconfig.get_config_var("SOABI"))')
if ! cmp -s python/requirements.txt "$tools/requirements.txt"; then
    rm -rf "$tools"
    "$python" -m venv "$tools" &&
        "$tools/bin/python" -m pip install --quiet --disable-pip-version-check -r python/requirements.txt &&
        cp python/requirements.txt "$tools/"
fi
