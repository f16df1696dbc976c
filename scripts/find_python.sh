# Sets $python to the first Python that is new enough; sourced by ./run and ./test.
python=""
for candidate in "${COI_PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11; do
    if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 &&
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python="$candidate"
        break
    fi
done
if [ -z "$python" ]; then
    echo "Python 3.11 or newer is needed, and $(python3 --version 2>/dev/null || echo 'no python3') is here." >&2
    echo "Debian 12, Ubuntu 24.04: apt-get install python3   Ubuntu 22.04: apt-get install python3.11   Fedora: dnf install python3" >&2
    echo "Is it in an unusual place? COI_PYTHON=/path/to/python3 $0" >&2
    exit 1
fi
