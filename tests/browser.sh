#!/bin/sh
# Chromium for the browser tests, from the system's own packages.
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null && exit 0
done
[ -e "/Applications/Google Chrome.app" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium for the browser tests ..."
    apt-get update -qq && apt-get install -y -qq chromium >/dev/null && exit 0
fi
echo "No Chromium found: the browser tests will fail. Install it: sudo apt-get install chromium (Debian), brew install --cask chromium (macOS)" >&2
exit 0
