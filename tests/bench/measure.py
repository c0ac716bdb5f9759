# SPDX-License-Identifier: Apache-2.0
"""Candidates that do the same work, in turns: what each takes, in time and in memory."""

import os
import shutil
import statistics
import subprocess
import time

OTHER = " (other build)"
PEAK_ROUNDS = 3
SHARE_BEHIND = 5  # of a candidate behind the others that no goal names: a fifth of the rounds


class Candidate:
    """A program that does a row's work. command(directory) is called for each round with a fresh
    directory and returns the argument vector that is timed; prepare(directory) comes before it.
    Where is_behind is true it has rounds of its own behind those of the others, because it takes long
    and leaves hundreds of megabytes written. program is what has to be installed, by default the first
    word of the name."""

    def __init__(self, name, command, prepare=None, env=None, is_behind=False, program=None):
        self.name, self.command, self.prepare, self.env = name, command, prepare, env or {}
        self.is_behind, self.program = is_behind, program or name.split()[0]
        self.seconds, self.cpu, self.peaks, self.refused = [], [], [], None

    def is_ours(self):
        return self.name.startswith("ctnr")

    def median(self):
        return statistics.median(self.seconds)

    def median_cpu(self):
        return statistics.median(self.cpu)


class Goal:
    """At most limit: a share of the time that the candidate called peer takes, of its processors' time (unit
    "cpu"), or so many milliseconds more than it ("ms more"); or without one milliseconds or megabytes, as
    unit says."""

    def __init__(self, limit, peer=None, unit=None):
        self.limit, self.peer, self.unit = limit, peer, unit


class Row:
    """Candidates, ours first. goals are about ours. is_pinned: the work is mostly starting, and bound
    to one CPU. settles: it writes much, so that the filesystem is synced before each turn. figures are
    other numbers that follow from the times: (what they are, a function of the row that returns the
    text)."""

    def __init__(self, title, candidates, goals=(), is_pinned=False, settles=False,
                 measures=("time",), figures=()):
        self.title, self.candidates, self.goals = title, candidates, goals
        self.is_pinned, self.settles, self.measures, self.figures = (is_pinned, settles, measures,
                                                                     figures)

    def candidate(self, name):
        """The candidate of that name, or None where it is not installed."""
        return next((c for c in self.candidates if c.name == name), None)

    def shows_cpu(self):
        return any(goal.unit == "cpu" for goal in self.goals)

    def usable(self, is_behind):
        return [c for c in self.candidates if c.refused is None and c.is_behind == is_behind]

    def rounds_of(self, candidate, rounds):
        """How often a candidate is measured when the others are so many times."""
        is_named = any(goal.peer == candidate.name for goal in self.goals)
        return rounds if is_named or not candidate.is_behind else -(-rounds // SHARE_BEHIND)


def installed(candidates):
    return [c for c in candidates if shutil.which(c.program)]


def with_other_build(candidates, build):
    """The candidates, and behind each of ours the same of another build."""
    for candidate in candidates:
        yield candidate
        if candidate.is_ours():
            def command(directory, own=candidate.command):
                program, *arguments = own(directory)
                return [f"{build}/bin/{program}", *arguments]

            yield Candidate(candidate.name + OTHER, command, candidate.prepare, candidate.env)


class Bench:
    """The place where a row is measured, as the user that this process is, and what is done there."""

    def __init__(self, directory, rounds):
        self.top, self.rounds, self.count, self.endings = directory, rounds, 0, []

    def at_end(self, command):
        """A step for the end, whatever happens to the row."""
        self.endings.append(command)

    def close(self):
        for command in self.endings:
            subprocess.run(command, stdin=subprocess.DEVNULL, check=False)

    def fresh(self):
        self.count += 1
        path = os.path.join(self.top, str(self.count))
        os.mkdir(path)
        return path

    def must(self, command, **more):
        """Run a step of the preparation; its stdout."""
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              stdin=subprocess.DEVNULL, check=False, **more)
        if done.returncode != 0:
            raise RuntimeError(f"{command}: {done.stderr.strip()[-400:]}")
        return done.stdout.strip()

    def time(self, command, env):
        """Seconds of one run, and of processors for it and what it waited for. posix_spawn: the least that
        this process itself adds."""
        with open(os.path.join(self.top, "output"), "wb") as out:
            actions = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
                       (os.POSIX_SPAWN_DUP2, out.fileno(), 1),
                       (os.POSIX_SPAWN_DUP2, out.fileno(), 2)]
            started = time.perf_counter()
            pid = os.posix_spawnp(command[0], command, {**os.environ, **env},
                                  file_actions=actions)
            _, status, usage = os.wait4(pid, 0)
            seconds = time.perf_counter() - started
            status = os.waitstatus_to_exitcode(status)
        if status != 0:
            with open(os.path.join(self.top, "output"), encoding="utf-8", errors="replace") as text:
                raise RuntimeError(f"status {status}: {text.read().strip()[-300:]}")
        return seconds, usage.ru_utime + usage.ru_stime

    def peak(self, command, env):
        """Largest resident set, in MB, of any one process of a run. GNU time forks it from a small
        process: the peak of what forks counts as its child's."""
        report = os.path.join(self.top, "peak")
        self.must(["/usr/bin/time", "-q", "-f", "%M", "-o", report, *command],
                  env={**os.environ, **env})
        with open(report, encoding="utf-8") as text:
            return int(text.read().split()[-1]) / 1024

    def attempt(self, row, candidate, measure):
        """One turn of a candidate; None, and its end, when it fails."""
        directory = self.fresh()
        try:
            if candidate.prepare:
                candidate.prepare(directory)
            if row.settles:
                self.must(["sync", "-f", self.top])
            return measure(candidate.command(directory), candidate.env)
        except (RuntimeError, OSError) as error:
            candidate.refused = str(error)
            return None

    def run_round(self, row, number, is_behind):
        """A turn for each candidate that still has one; another begins in each round, so that none
        always follows the same one."""
        candidates = row.usable(is_behind)
        first = number % len(candidates) if candidates else 0
        for candidate in candidates[first:] + candidates[:first]:
            if number < row.rounds_of(candidate, self.rounds):
                times = self.attempt(row, candidate, self.time)
                if times is not None:
                    candidate.seconds.append(times[0])
                    candidate.cpu.append(times[1])

    def run_times(self, row):
        affinity = os.sched_getaffinity(0)
        if row.is_pinned:
            os.sched_setaffinity(0, {max(affinity)})
        for is_behind in (False, True):
            for candidate in row.usable(is_behind):
                # Warms caches, and shows who refuses; not worth it where few rounds are enough.
                if row.rounds_of(candidate, self.rounds) == self.rounds:
                    self.attempt(row, candidate, self.time)
            for number in range(self.rounds):
                self.run_round(row, number, is_behind)
        os.sched_setaffinity(0, affinity)

    def run_peaks(self, row):
        for candidate in row.candidates:
            for _ in range(1 if candidate.is_behind else min(self.rounds, PEAK_ROUNDS)):
                if candidate.refused is None:
                    megabytes = self.attempt(row, candidate, self.peak)
                    if megabytes is not None:
                        candidate.peaks.append(megabytes)

    def run(self, row):
        if "time" in row.measures:
            self.run_times(row)
        if "peak" in row.measures:
            self.run_peaks(row)
