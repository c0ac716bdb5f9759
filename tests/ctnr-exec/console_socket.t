#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The terminal of a container that outlives its caller: its master is sent over a console socket.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

root=$CTNR_TEST_TMP/states
bundle c
config c '.process.terminal = true | .process.consoleSize = {height: 11, width: 22}'
script c 'tty; stty size; echo to stderr >&2'
cat >console.py <<'END'
"""console.py COMMAND...: run it with a console socket "console", start x, and show what the terminal does."""
import array, os, socket, subprocess, sys
s = socket.socket(socket.AF_UNIX)
s.bind("console")
s.listen()
s.settimeout(20)
done = subprocess.run(sys.argv[1:])
c, _ = s.accept()
_, messages, _, _ = c.recvmsg(4096, socket.CMSG_SPACE(16))
masters = array.array("i", messages[0][2])
print(done.returncode, len(messages), len(masters), c.recv(1) == b"", flush=True)
if "create" in sys.argv:
    subprocess.run(["ctnr-exec", "--root", os.environ["root"], "start", "x"], check=True)
text = b""
while True:
    try:
        part = os.read(masters[0], 4096)
    except OSError:
        break
    text += part
print(text.decode().replace("\r\n", "\n"), end="")
END
export root
for verb in create "run --detach"; do
	rm -f console
	# shellcheck disable=SC2086 # an option is a word
	run python3 console.py ctnr-exec --root "$root" $verb -b ./c --console-socket console x
	is_stdout "0 1 1 True
/dev/pts/0
11 22
to stderr" "$verb sends the terminal over the console socket, once" || note "$stderr"
	ctnr-exec --root "$root" delete -f x
done
done_testing
