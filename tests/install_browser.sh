#!/usr/bin/env bash
# Installs Chromium and its driver by apt where they are missing and this may be done without asking for a password.
# Always succeeds: where no browser can be had, the browser tests say so.
have() { command -v "$1" >/dev/null 2>&1; }

{ have chromium || have chromium-browser || have google-chrome; } && have chromedriver && exit 0
have apt-get || exit 0
if [ "$(id -u)" = 0 ]; then as_root=(env); elif sudo -n true 2>/dev/null; then as_root=(sudo -n); else exit 0; fi

echo "Installing Chromium and its driver for the browser tests."
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
  chromium chromium-driver >/dev/null || echo "apt could not install Chromium."
exit 0
