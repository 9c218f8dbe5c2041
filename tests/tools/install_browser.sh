#!/usr/bin/env bash
# Installs Chromium with its driver, Firefox, and for print a text font and one with Chinese characters (2 MB), by apt
# where they are missing and this may be done without asking for a password. Always succeeds: where something cannot be
# had, its tests say so.
have() { command -v "$1" >/dev/null 2>&1; }

missing=()
{ have chromium || have chromium-browser || have google-chrome; } && have chromedriver || missing+=(chromium chromium-driver)
have firefox-esr || have firefox || missing+=(firefox-esr)
have fc-list && fc-list : family | grep -q "Liberation Serif" || missing+=(fonts-liberation)
have fc-list && [ -n "$(fc-list :lang=zh)" ] || missing+=(fonts-droid-fallback)
[ ${#missing[@]} = 0 ] && exit 0
have apt-get || exit 0
if [ "$(id -u)" = 0 ]; then as_root=(env); elif sudo -n true 2>/dev/null; then as_root=(sudo -n); else exit 0; fi

echo "Installing for the tests in a browser and for print: ${missing[*]}."
"${as_root[@]}" apt-get update -qq
for package in "${missing[@]}"; do
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null ||
    echo "apt could not install $package."
done
exit 0
