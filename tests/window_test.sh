#!/bin/sh
# The real window, on a display of its own: starts, types, switches, hovers, saves, recovers, quits.
# usage: window_test.sh PROGRAM SOURCE_DIR
set -u
program=$1
source=$2
folder=$(mktemp -d /tmp/shapeflow-window-XXXXXX)
server=
window_process=

end() {
    [ -n "$window_process" ] && kill -9 "$window_process" 2>/dev/null
    [ -n "$server" ] && kill "$server" 2>/dev/null
    rm -rf "$folder"
}
trap end EXIT

fail() {
    echo "window_test: $*" >&2
    [ -s "$folder/err" ] && cat "$folder/err" >&2
    [ -n "$window_process" ] && { kill -0 "$window_process" 2>/dev/null && echo 'the program runs' || echo 'the program has ended'; } >&2
    [ -n "$server" ] && { kill -0 "$server" 2>/dev/null && xdotool search --name . 2>&1 | head -n 5 || echo 'the display has ended'; } >&2
    exit 1
}

# Tries a command for up to 20 seconds: the sanitizers' program is slow.
wait_for() {
    what=$1; shift
    tries=0
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || fail "waited in vain: $what"
        sleep 0.1
    done
}

# ---- the display ----

mkfifo "$folder/number"
mkdir "$folder/screen"
Xvfb -displayfd 3 -screen 0 1280x720x24 -fbdir "$folder/screen" -nolisten tcp -noreset 3>"$folder/number" 2>/dev/null &
server=$!
read -r number <"$folder/number"
DISPLAY=:$number
XDG_CONFIG_HOME=$folder/config
XDG_STATE_HOME=$folder/state
XDG_RUNTIME_DIR=$folder
LSAN_OPTIONS=${LSAN_OPTIONS:-suppressions=$source/tests/leaks.txt:print_suppressions=0}   # of libraries under SDL
export DISPLAY XDG_CONFIG_HOME XDG_STATE_HOME XDG_RUNTIME_DIR LSAN_OPTIONS
unset WAYLAND_DISPLAY SDL_VIDEODRIVER

# Xvfb keeps the screen in a file: a header of so many bytes and 12 for each colour of its map, then the pixels.
frame=$folder/screen/Xvfb_screen0
header_number() { od -A n -t u1 -j "$1" -N 4 "$frame" | awk '{ print (($1 * 256 + $2) * 256 + $3) * 256 + $4 }'; }
wait_for 'the screen' test -s "$frame"
pixels_at=$(($(header_number 0) + 12 * $(header_number 76)))
bytes_of_line=$(header_number 48)

# Row Y of the screen from X on, N pixels: one "RRGGBB" a line.
row() {
    od -A n -v -t x1 -w4 -j $((pixels_at + $2 * bytes_of_line + $1 * 4)) -N $(($3 * 4)) "$frame" | awk '{ print toupper($3 $2 $1) }'
}

has_colour() { row "$1" "$2" "$3" | grep -q "$4"; }
lacks_colour() { ! has_colour "$@"; }

# A sum over every fourth row of a part of the screen: x y width height.
part_sum() {
    y=$2
    while [ $y -lt $(($2 + $4)) ]; do row "$1" $y "$3"; y=$((y + 4)); done | cksum
}
differs() { [ "$(part_sum "$2" "$3" "$4" "$5")" != "$1" ]; }

# ---- the window ----

start() {
    "$program" "$@" 2>"$folder/err" &
    window_process=$!
    wait_for 'a window' xdotool search --onlyvisible --name shapeflow
    window=$(xdotool search --onlyvisible --name shapeflow | head -n 1)
    xdotool windowmove "$window" 0 0 windowfocus "$window"
    wait_for 'the first picture' lacks_colour 2 20 4 000000
    sleep 0.3
}

title_is() { [ "$(xdotool getwindowname "$window")" = "$1" ]; }
holds() { grep -qF "$2" "$1"; }
gone() { ! kill -0 "$window_process" 2>/dev/null; }

accent=0B6E99       # of the light theme: the switch when it is on
mkdir -p "$folder/config/shapeflow"
printf 'width = 1280\nheight = 720\nown_dialogs = yes\n' >"$folder/config/shapeflow/settings.txt"
cp "$source/assets/models/flatten_question.py" "$folder/question.py"
cp "$folder/question.py" "$folder/original.py"

start "$folder/question.py"
wait_for 'the title' title_is 'question.py - shapeflow'

# The window has a picture of its own, with no .desktop file installed.
if command -v xprop >/dev/null; then
    has_icon() { xprop -id "$window" _NET_WM_ICON | grep -q 'Icon (128 x 128)'; }
    wait_for 'the icon' has_icon
fi

# A unit is hovered: the inspector below the picture says something else.
before=$(part_sum 420 600 560 100)
xdotool mousemove 552 178
wait_for 'the inspector after hovering' differs "$before" 420 600 560 100

# The theme goes dark and comes back.
xdotool mousemove 700 570
xdotool key t
wait_for 'the dark theme' has_colour 2 300 4 12151A
xdotool key t t
wait_for 'the light theme' has_colour 2 300 4 F6F4EE

# F takes Flatten out, a click on the switch puts it back: the same bytes.
xdotool key f
switch_is_off() { [ "$(row 400 29 600 | grep -c 6B7280)" -gt 20 ]; }
wait_for 'the switch off' switch_is_off
wait_for 'unsaved changes in the title' title_is '* question.py - shapeflow'
xdotool key ctrl+s
wait_for 'the saved switch' holds "$folder/question.py" '# model.add(Flatten())'
wait_for 'the title after saving' title_is 'question.py - shapeflow'
switch=$(row 400 29 600 | awk '/6B7280/ { print 399 + NR + 20; exit }')
xdotool mousemove "$switch" 29 click 1
wait_for 'the switch on' has_colour 400 29 600 "$accent"
sleep 0.8
xdotool key ctrl+s
wait_for 'the switch put back' cmp -s "$folder/question.py" "$folder/original.py"

# Typing: a click into the code, to its end, a comment.
xdotool mousemove 200 300 click 1
xdotool key ctrl+End
xdotool type --delay 20 '# typed'
xdotool key ctrl+s
wait_for 'the typed text' holds "$folder/question.py" '# typed'
xdotool key ctrl+z ctrl+s
wait_for 'the text undone' cmp -s "$folder/question.py" "$folder/original.py"

# Idle costs nothing: no more than 3 ticks of 10 ms in 2 seconds.
sleep 1
ticks() { awk '{ print $14 + $15 }' "/proc/$window_process/stat"; }
if [ -r "/proc/$window_process/stat" ]; then
    first=$(ticks)
    sleep 2
    [ $(($(ticks) - first)) -le 3 ] || fail "idle took $(($(ticks) - first)) ticks in 2 seconds"
fi

# A crash loses at most five seconds of typing; the next start offers the text.
xdotool type --delay 20 '# lost'
wait_for 'the text kept aside' sh -c "grep -q '# lost' '$folder'/state/shapeflow/unsaved-*"
kill -9 "$window_process"
wait "$window_process" 2>/dev/null
start "$folder/original.py"
xdotool key Return
wait_for 'the recovered text' title_is '* question.py - shapeflow'
xdotool key ctrl+s
wait_for 'the recovered text saved' holds "$folder/question.py" '# lost'

# Quitting ends the process with status 0 and keeps the settings.
xdotool key ctrl+q
wait_for 'the end' gone
wait "$window_process"
status=$?
window_process=
[ $status = 0 ] || fail "exit status $status"
holds "$folder/config/shapeflow/settings.txt" "recent = $folder/question.py" || fail 'the file is not among the recent ones'
echo 'window_test: all well'
