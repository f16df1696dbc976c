"""Which counts of a table must be hidden so that no small one can be worked out. Pure.

A table with its margins is a circulation: from S into each row (its total), from the row into
the columns (the cells), from the columns to D (their totals), and back from D to S (the grand
total). Whoever knows the published numbers knows that the hidden ones are whole, not negative,
and keep each node in balance. The most and the least that a hidden number can then be are maximal
flows in the residual network, so they are found exactly. Numbers are hidden until every hidden
one has a span of at least the threshold.

Source: Cox, JASA 75 (1980) 377 and Fischetti & Salazar, Math. Programming 84 (1999) 283
(cell suppression in two-way tables as flows in a network).
"""

import heapq
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

# So much dearer is it to hide a total than a cell, and the grand total than a total.
TOTAL_COST, GRAND_COST = 1_000, 1_000_000
ENDLESS = 1 << 60


@dataclass(frozen=True, slots=True)
class Protected:
    """The table as it may be published; None is a hidden number."""

    cells: tuple[tuple[int | None, ...], ...]
    row_totals: tuple[int | None, ...]
    column_totals: tuple[int | None, ...]
    total: int | None

    @property
    def is_withheld(self) -> bool:
        return self.total is None


@dataclass(slots=True)
class Arc:
    start: int
    end: int
    value: int
    cost: int
    is_hidden: bool = False


@dataclass(slots=True)
class Network:
    """Nodes: 0 is S, then the rows, then the columns, the last is D."""

    arcs: list[Arc] = field(default_factory=list)
    touching: dict[int, list[int]] = field(default_factory=dict)

    def add(self, start: int, end: int, value: int, cost: int) -> None:
        for node in (start, end):
            self.touching.setdefault(node, []).append(len(self.arcs))
        self.arcs.append(Arc(start, end, value, cost))

    def hidden(self) -> list[int]:
        return [number for number, arc in enumerate(self.arcs) if arc.is_hidden]


def protect(cells: Sequence[Sequence[int]], *, threshold: int) -> Protected:
    """The published form; without a way to protect it, or below the threshold, nothing is."""
    rows = [list(row) for row in cells]
    _check(rows, threshold)
    network = _network(rows)
    for arc in network.arcs:
        arc.is_hidden = 0 < arc.value < threshold
    # Without the grand total there is nothing left to read: then the whole table is kept back.
    is_safe = not network.arcs[-1].is_hidden and _complete(network, threshold)
    if not is_safe or network.arcs[-1].is_hidden:
        for arc in network.arcs:
            arc.is_hidden = True
    return _published(network, rows)


def spans(
    cells: Sequence[Sequence[int]], protected: Protected
) -> dict[tuple[int, int], tuple[int, int]]:
    """The least and the most that each hidden cell can be, for who knows what is published.

    Totals have the row or the column -1. The most is `ENDLESS` where nothing bounds it.
    """
    rows = [list(row) for row in cells]
    network = _network(rows)
    shown = _flat(protected)
    for arc, value in zip(network.arcs, shown, strict=True):
        arc.is_hidden = value is None
    places = _places(len(rows), len(rows[0]) if rows else 0)
    found = {}
    for number in network.hidden():
        more, less = _slack(network, number, limit=ENDLESS)
        value = network.arcs[number].value
        most = ENDLESS if more >= ENDLESS else value + more
        found[places[number]] = (value - less, most)
    return found


def _check(rows: list[list[int]], threshold: int) -> None:
    if threshold < 2:
        raise ValueError("A threshold below 2 hides nothing.")
    if any(len(row) != len(rows[0]) for row in rows) or any(n < 0 for row in rows for n in row):
        raise ValueError("A table has rows of one length and counts that are not negative.")


def _network(rows: list[list[int]]) -> Network:
    """The arcs in the order of `_places`: cells by row, row totals, column totals, all."""
    network, height = Network(), len(rows)
    width = len(rows[0]) if rows else 0
    last = height + width + 1
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            network.add(1 + i, 1 + height + j, value, 1 + value)
    for i, row in enumerate(rows):
        network.add(0, 1 + i, sum(row), TOTAL_COST + sum(row))
    for j in range(width):
        total = sum(row[j] for row in rows)
        network.add(1 + height + j, last, total, TOTAL_COST + total)
    network.add(last, 0, sum(map(sum, rows)), GRAND_COST)
    return network


def _places(height: int, width: int) -> list[tuple[int, int]]:
    cells = [(i, j) for i in range(height) for j in range(width)]
    return [*cells, *((i, -1) for i in range(height)), *((-1, j) for j in range(width)), (-1, -1)]


def _complete(network: Network, threshold: int) -> bool:
    """Hide more until every hidden number has its span; False when that cannot be done."""
    waiting = deque(network.hidden())
    while waiting:
        number = waiting[0]
        more, less = _slack(network, number, limit=threshold)
        if more + less >= threshold:
            waiting.popleft()
            continue
        added = _cheapest_way(network, number, need=threshold - more - less)
        if not added:
            return False
        for each in added:
            network.arcs[each].is_hidden = True
        waiting.extend(added)
    return True


def _slack(network: Network, number: int, *, limit: int) -> tuple[int, int]:
    """How much more and how much less a hidden number can be, each up to `limit`."""
    arc = network.arcs[number]
    more, _ = _flow(network, arc.end, arc.start, without=number, limit=limit)
    less, _ = _flow(network, arc.start, arc.end, without=number, limit=min(limit, arc.value))
    return more, less


def _flow(
    network: Network, source: int, sink: int, *, without: int, limit: int
) -> tuple[int, dict[int, int]]:
    """The maximal flow over hidden arcs: forwards without bound, backwards up to the value.

    With what it pushes through each arc.
    """
    pushed: dict[int, int] = {}
    total = 0
    while total < limit:
        way = _augmenting(network, source, sink, without, pushed)
        if way is None:
            break
        room = min((_room(network, n, forwards, pushed) for n, forwards in way), default=0)
        room = min(room, limit - total)
        if room >= ENDLESS:
            return limit, pushed
        for number, forwards in way:
            pushed[number] = pushed.get(number, 0) + (room if forwards else -room)
        total += room
    return total, pushed


def _room(network: Network, number: int, forwards: bool, pushed: dict[int, int]) -> int:
    return ENDLESS if forwards else network.arcs[number].value + pushed.get(number, 0)


def _augmenting(
    network: Network, source: int, sink: int, without: int, pushed: dict[int, int]
) -> list[tuple[int, bool]] | None:
    came: dict[int, tuple[int, int, bool]] = {}
    queue, seen = deque([source]), {source}
    while queue and sink not in seen:
        node = queue.popleft()
        for number, forwards, other in _steps(network, node):
            if number == without or not network.arcs[number].is_hidden or other in seen:
                continue
            if _room(network, number, forwards, pushed) > 0:
                seen.add(other)
                came[other] = (node, number, forwards)
                queue.append(other)
    return _way_back(came, source, sink) if sink in seen else None


def _way_back(
    came: dict[int, tuple[int, int, bool]], source: int, sink: int
) -> list[tuple[int, bool]]:
    way, node = [], sink
    while node != source:
        node, number, forwards = came[node]
        way.append((number, forwards))
    return way


def _steps(network: Network, node: int) -> Iterator[tuple[int, bool, int]]:
    """Arcs out of a node, forwards or backwards, with the node that they lead to."""
    for number in network.touching[node]:
        arc = network.arcs[number]
        if arc.start == node:
            yield number, True, arc.end
        else:
            yield number, False, arc.start


def _cheapest_way(network: Network, number: int, *, need: int) -> list[int]:
    """The published arcs of the cheapest way that gives the number more room, upwards or down.

    What the hidden arcs can give is taken first: a way that is left needs a published one. First
    ways whose every number can give all that is needed, then any that gives something.
    """
    arc = network.arcs[number]
    left = []
    for start, end, most in ((arc.end, arc.start, ENDLESS), (arc.start, arc.end, arc.value)):
        flow, pushed = _flow(network, start, end, without=number, limit=most)
        if flow < most:
            left.append((start, end, pushed))
    for least in (need, 1):
        found = [
            _dijkstra(network, start, end, pushed, without=number, least=least)
            for start, end, pushed in left
        ]
        ways = [way for way in found if way is not None and way[1]]
        if ways:
            return min(ways)[1]
    return []


def _dijkstra(
    network: Network, source: int, sink: int, pushed: dict[int, int], *, without: int, least: int
) -> tuple[int, list[int]] | None:
    best = {source: 0}
    came: dict[int, tuple[int, int, bool]] = {}
    heap = [(0, source)]
    while heap:
        cost, node = heapq.heappop(heap)
        if node == sink:
            way = [n for n, _f in _way_back(came, source, sink)]
            return cost, [n for n in way if not network.arcs[n].is_hidden]
        if cost > best[node]:
            continue
        for number, forwards, other in _steps(network, node):
            arc = network.arcs[number]
            if number == without or _room(network, number, forwards, pushed) < least:
                continue
            dearer = cost + (0 if arc.is_hidden else arc.cost)
            if dearer < best.get(other, ENDLESS):
                best[other] = dearer
                came[other] = (node, number, forwards)
                heapq.heappush(heap, (dearer, other))
    return None


def _published(network: Network, rows: list[list[int]]) -> Protected:
    values = [None if arc.is_hidden else arc.value for arc in network.arcs]
    height, width = len(rows), len(rows[0]) if rows else 0
    cells = tuple(tuple(values[i * width : (i + 1) * width]) for i in range(height))
    rest = values[height * width :]
    return Protected(cells, tuple(rest[:height]), tuple(rest[height:-1]), rest[-1])


def _flat(protected: Protected) -> list[int | None]:
    cells = [value for row in protected.cells for value in row]
    return [*cells, *protected.row_totals, *protected.column_totals, protected.total]
