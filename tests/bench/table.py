# SPDX-License-Identifier: Apache-2.0
"""What is printed: a row as it was measured, and at the end the table of all goals."""

from measure import OTHER

GROWTH_MAX = 1.1  # of the other build's time


def number(value):
    """A share of a peer; small ones as people say them."""
    return f"{value:.3g}" if value >= 0.15 else f"1/{1 / value:.3g}"


class Verdict:
    """A goal, and what came of it; or a figure without a goal (is_met is None)."""

    def __init__(self, work, ours, goal="", got="", is_met=None):
        self.work, self.ours, self.goal, self.got, self.is_met = work, ours, goal, got, is_met

    def word(self):
        return "" if self.is_met is None else "met" if self.is_met else "MISSED"


def milliseconds(candidate):
    return f"{candidate.median() * 1000:.1f} ms"


def megabytes(candidate):
    return f"{max(candidate.peaks):.1f} MB"


def judge_absolute(candidate, goal):
    if goal.unit == "ms":
        value, ours = candidate.median() * 1000, milliseconds(candidate)
    else:
        value, ours = max(candidate.peaks), megabytes(candidate)
    return Verdict(candidate.name, ours, f"{goal.limit:g} {goal.unit}", ours, value <= goal.limit)


def judge_share(ours, peer, limit, name):
    got = ours.median() / peer.median()
    least = min(ours.seconds) / min(peer.seconds)
    return Verdict(ours.name, milliseconds(ours), f"{number(limit)} of {name}",
                   f"{number(got)} (minima {number(least)})", got <= limit)


def judge_cpu(ours, peer, limit, name):
    got = ours.median_cpu() / peer.median_cpu()
    return Verdict(ours.name, f"{ours.median_cpu() * 1000:.1f} ms of CPU", f"{number(limit)} of {name}'s CPU",
                   number(got), got <= limit)


def judge_more(ours, peer, limit, name):
    got = (ours.median() - peer.median()) * 1000
    return Verdict(ours.name, milliseconds(ours), f"{limit:g} ms more than {name}", f"{got:.1f} ms", got <= limit)


JUDGES = {None: judge_share, "cpu": judge_cpu, "ms more": judge_more}


def judge(row):
    """The verdicts on a row's goals, and its figures."""
    ours = [c for c in row.candidates
            if c.is_ours() and not c.refused and not c.name.endswith(OTHER)]
    if not ours:
        return []
    verdicts = []
    for goal in row.goals:
        peer = row.candidate(goal.peer)
        if goal.unit == "MB":
            verdicts += [judge_absolute(candidate, goal) for candidate in ours]
        elif not goal.peer:
            verdicts.append(judge_absolute(ours[0], goal))
        elif peer and peer.seconds:
            verdicts.append(JUDGES[goal.unit](ours[0], peer, goal.limit, goal.peer))
    verdicts += [Verdict(what, figure(row)) for what, figure in row.figures]
    return verdicts or [Verdict(ours[0].name, milliseconds(ours[0]))]


def judge_growth(row):
    """Against the other build, where there is one."""
    for candidate in row.candidates:
        other = row.candidate(candidate.name + OTHER)
        if other and candidate.seconds and other.seconds:
            yield judge_share(candidate, other, GROWTH_MAX, "the other build")


def print_candidates(row):
    ours = row.candidates[0]
    for candidate in row.candidates:
        if candidate.refused:
            print(f"  {candidate.name:36} left out: {candidate.refused}")
            continue
        line = f"  {candidate.name:36}"
        if candidate.seconds:
            line += (f" {candidate.median() * 1000:9.1f} ms  ({min(candidate.seconds) * 1000:.1f} to "
                     f"{max(candidate.seconds) * 1000:.1f})")
            if ours.seconds:
                line += f"  {ours.median() / candidate.median():6.2f} of it"
            if row.shows_cpu():
                line += f", CPU {candidate.median_cpu() * 1000:.1f} ms"
            if len(candidate.seconds) < len(ours.seconds):
                line += f", of {len(candidate.seconds)}"
        if candidate.peaks:
            line += f" {max(candidate.peaks):9.1f} MB"
        print(line)


def print_row(row):
    """Print what was measured; the verdicts."""
    print(f"\n{row.title}" + (", pinned" if row.is_pinned else ""))
    print_candidates(row)
    verdicts = [*judge(row), *judge_growth(row)]
    for verdict in verdicts:
        if verdict.goal:
            print(f"  goal: {verdict.work} at most {verdict.goal}: {verdict.got}, {verdict.word()}")
        elif verdict.work not in [c.name for c in row.candidates]:
            print(f"  {verdict.work}: {verdict.ours}")
    return verdicts


def print_summary(verdicts):
    """All rows' verdicts: (row's name, Verdict)."""
    lines = [("row", "work", "ours", "goal, at most", "got", "")]
    lines += [(name, v.work, v.ours, v.goal or "-", v.got or "-", v.word()) for name, v in verdicts]
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    print("\nsummary")
    for line in lines:
        cells = [cell.ljust(width) for cell, width in zip(line, widths)]
        print(("  " + "  ".join([*cells, line[5]])).rstrip())
