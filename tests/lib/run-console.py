#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Run the console blocks of a Markdown file, and compare what they show with what comes.

    run-console.py FILE.md [FROM=TO]...

A block that begins with ```console holds lines "$ COMMAND", each followed by the output that it is to
give, stdout and stderr together. In the output "..." stands for any text within a line, and a line
of only "..." for any lines. All commands run in one shell, in the present directory. FROM=TO replaces
text in the commands and the output first. Prints TAP, a test for each command, without the plan; the
last line is "# COUNT" for the caller's sake. Status 0 unless there is no block."""

import re
import subprocess
import sys

MARK = "=== end of command ==="


def blocks(text):
    return re.findall(r"^```console\n(.*?)^```", text, re.M | re.S)


def steps(block):
    """[(command, wanted output)] of a block; a command that ends in a backslash goes on."""
    found = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append([line[2:], []])
        elif found and not found[-1][1] and found[-1][0].endswith("\\"):
            found[-1][0] += "\n" + line
        elif found:
            found[-1][1].append(line)
    return found


def pattern(lines):
    parts = []
    for line in lines:
        if line == "...":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(".*".join(re.escape(part) for part in line.split("...")) + r"\n")
    return re.compile("".join(parts))


class Shell:
    def __init__(self):
        self.process = subprocess.Popen(["sh"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True)

    def run(self, command):
        """Returns output and status."""
        # The command's own stdin is empty: this shell's is the script.
        self.process.stdin.write(f"{{ {command}\n}} </dev/null\necho \"{MARK} $?\"\n")
        self.process.stdin.flush()
        output = ""
        for line in self.process.stdout:
            before, mark, status = line.partition(MARK)
            if mark:
                return output + before, int(status)
            output += line
        return output, -1


def comment(text):
    return "".join(f"#   {line}\n" for line in text.splitlines())


def main():
    with open(sys.argv[1], encoding="utf-8") as source:
        text = source.read()
    for change in sys.argv[2:]:
        old, _, new = change.partition("=")
        text = text.replace(old, new)
    shell, count = Shell(), 0
    for block in blocks(text):
        for command, wanted in steps(block):
            count += 1
            output, status = shell.run(command)
            good = status == 0 and pattern(wanted).fullmatch(output)
            print(f"{'' if good else 'not '}ok {count} - $ {command.splitlines()[0]}")
            if not good:
                print(f"# status {status}, wanted:\n{comment(chr(10).join(wanted))}"
                      f"# got:\n{comment(output)}", end="")
            sys.stdout.flush()
    shell.process.stdin.close()
    shell.process.wait()
    print(f"# {count}")
    return 0 if count else 1


if __name__ == "__main__":
    sys.exit(main())
