# shellcheck shell=bash
# Sourced by examples/quickstart and tests/run. need_packages NAME... installs the Debian packages that are missing.

need_packages() {
    local missing=() name
    if ! command -v dpkg-query > /dev/null || ! command -v apt-get > /dev/null; then
        echo "Not a Debian system: install the counterparts of these yourself: $*"
        return 0
    fi
    for name in "$@"; do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2> /dev/null) == installed ]] || missing+=("$name")
    done
    ((${#missing[@]})) || return 0
    echo "Installing Debian packages: ${missing[*]}"
    local as_root=()
    if ((EUID != 0)); then
        if ! command -v sudo > /dev/null; then
            echo "Neither root nor sudo here. As root: apt-get install ${missing[*]}" >&2
            return 1
        fi
        as_root=(sudo)
    fi
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q < /dev/null > /dev/null ||
        echo "apt-get update failed; trying with the package lists that are here" >&2
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" \
        < /dev/null > /dev/null
}
