"""Where Go passes parameters: cmd/compile/abi-internal.md, and up to Go 1.16 all on the stack.

Types are as the program tests/go/signatures describes them.
"""

INTEGERS = [0, 3, 2, 5, 4, 8, 9, 10, 11]  # RAX, RBX, RCX, RDI, RSI, R8 to R11, by DWARF's numbers
N_FLOATS = 15
WORD = 8
# By reflect's numbers.
FLOATS = (13, 14)
COMPLEXES = (15, 16)
ARRAY, INTERFACE, SLICE, STRING, STRUCT = 17, 20, 23, 24, 25


class NotInRegisters(Exception):
    pass


class Calling:
    """The places of a function's parameters, one after the other."""

    def __init__(self, types, has_registers):
        self.types = types
        self.has_registers = has_registers
        self.n_integers = self.n_floats = 0
        self.stack_off = 0

    def leaves(self, index, off=0):
        """(offset, bytes, is it a float) of what has a register of its own."""
        t = self.types[index]
        if t["kind"] in COMPLEXES:
            half = t["bytes"] // 2
            yield from ((off, half, True), (off + half, half, True))
        elif t["kind"] in (INTERFACE, SLICE, STRING):
            yield from ((off + at, WORD, False) for at in range(0, t["bytes"], WORD))
        elif t["kind"] == ARRAY:
            if t["elements"] > 1:
                raise NotInRegisters
            if t["elements"] == 1:
                yield from self.leaves(t["element"], off)
        elif t["kind"] == STRUCT:
            for field in t["fields"]:
                yield from self.leaves(field["type"], off + field["off"])
        else:
            yield off, t["bytes"], t["kind"] in FLOATS

    def alignment(self, index):
        t = self.types[index]
        if t["kind"] == ARRAY:
            return self.alignment(t["element"])
        if t["kind"] == STRUCT:
            return max([self.alignment(field["type"]) for field in t["fields"]], default=1)
        if t["kind"] in COMPLEXES:
            return t["bytes"] // 2
        return min(t["bytes"], WORD)

    def in_registers(self, index):
        """By offset in the value: [place, number, bytes]."""
        if not self.has_registers or self.types[index]["bytes"] == 0:
            raise NotInRegisters
        n_integers, n_floats, found = self.n_integers, self.n_floats, {}
        for off, n_bytes, is_float in self.leaves(index):
            if is_float and n_floats < N_FLOATS:
                found[off] = ["xmm", n_floats, n_bytes]
                n_floats += 1
            elif not is_float and n_integers < len(INTEGERS):
                found[off] = ["register", INTEGERS[n_integers], n_bytes]
                n_integers += 1
            else:
                raise NotInRegisters
        self.n_integers, self.n_floats = n_integers, n_floats
        return found

    def place(self, index):
        """The registers of a parameter, or its offset on the stack."""
        try:
            return self.in_registers(index)
        except NotInRegisters:
            align = self.alignment(index)
            off = (self.stack_off + align - 1) // align * align
            self.stack_off = off + self.types[index]["bytes"]
            return off
