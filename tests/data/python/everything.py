"""Every form of statement and expression, once."""
from __future__ import annotations, division
import os.path as path, sys
from . import sibling
from ..pkg.mod import (one, two as zwei,
                       three,)
from keras.layers import *

x = 1; y = 2.5; z = x + y  # a comment
a = b = c = (1, 2, 3), [4, *range(5)], {6, *()}, {'k': 7, **{}}
(p, [q, *rest]), r.s, t[0] = ((1, [2, 3]), 4, 5)
n: int = 10_000
r.attribute: 'str'
t[1:2, ::3, ...]: float = .5
x += 1; x -= 2; x *= 3; x /= 4; x //= 5; x %= 6; x **= 7; x @= y; x <<= 1; x >>= 1; x &= 1; x |= 1; x ^= 1
v = -x ** -y + +x * ~y // (a - b) % c @ d << 1 >> 2 & 3 | 4 ^ 5
w = not a or b and c == d != e < f <= g > h >= i is j is not k in l not in m
u = yes if test else no if other else (maybe)
s = 'a' "b" '''c
d''' """e""" r'\n' u'ü' '\x41\u00e9\N{BULLET}\
joined'
bytes = b'\xff' rb"\n"
f1 = f'{x}' f"{x!r:>{y}} {{literal}} {x + y = } {'nested'}" rf'\d{x}'
f2 = f"{f'{x}' + "same quotes"}"
numbers = 0x_FF, 0o17, 0b1_0, 1e10, 1.5E-3, 3j, 00, 1_0.0_1, 123456789012345678901234567890
l1 = lambda: 0
l2 = lambda a, /, b=1, *c, d, e=2, **f: (a, b)
c1 = [i for i in range(3) if i if i > 1 for j in i]
c2 = {i: j for i, j in pairs}
c3 = {i for i in things} if 0 else set()
c4 = (i async for i in x)
total = sum(i * i for i in range(3))
call(1, *args, key=2, **kwargs)(3)[4].five(six := 6,)
if (walrus := len(x)) > 10: pass
print(x, end='')
assert x, "message"
del x, (y, [z]), r.s, t[0]

if a:
    pass
elif b: pass
elif c:

    # comment in between
    pass
else:
	pass

while a:
    if b: continue
    break
else:
    pass

for i, (j, *k) in enumerate(x), *y:
    for _ in z: pass
else: pass

try:
    raise
except (A, B) as e:
    raise C from e
except D:
    raise D()
except: pass
else:
    pass
finally:
    pass

try: pass
except* A as group: pass

with a as b, c() as d[0], e: pass
with (open('f') as f,
      g as (h, i),):
    pass
with (a, b) as c: pass


@decorator
@other.one(1, 2)
def function(a, b: int = 1, /, c=2, *args: 'tuple', d, e: str = 'e', **kwargs) -> None:
    """Docstring."""
    global G, H

    def inner():
        nonlocal a
        return
    x = yield
    y = yield a, b
    yield from inner()
    return a, *b


class Empty: pass


class Model(Base, metaclass=Meta, **options):
    field: int = 0

    @property
    def shape(self): return self._shape

    async def fetch(self):
        async with a as b, c: pass
        async for i in b:
            await c
        else: pass
        return [await i async for i in b if await c]


match command.split():
    case []: pass
    case [single]: pass
    case ["go", ("north" | "south") as direction, *_]:
        pass
    case {"key": value, 'other': 1 | None, **rest} if rest: pass
    case Point(0, y=-1.5 + 2j) | module.CONSTANT: pass
    case (str() as name): pass
    case first, *others: pass
    case _: pass

match = case = type = _ = 0
match[case](type)
type Alias[T: int, *Ts, **P] = list[T]
def generic[T](x: T) -> T: x
print "old", x
print >>sys.stderr, "old",
print
if x:
  y; z ;
