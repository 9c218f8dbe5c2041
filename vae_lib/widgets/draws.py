"""Random numbers that a page's front end draws too, bit for bit. It knows no distribution but the uniform one."""


def uniform_draws(count: int, seed: int) -> list[float]:
    """Numbers between 0 and 1, both excluded, by mulberry32; NumPy's generators have no JavaScript twin."""
    state, word, numbers = seed & 0xFFFFFFFF, 0xFFFFFFFF, []
    for _ in range(count):
        state = (state + 0x6D2B79F5) & word
        bits = (state ^ state >> 15) * (state | 1) & word
        bits ^= bits + ((bits ^ bits >> 7) * (bits | 61) & word) & word
        numbers.append(((bits ^ bits >> 14) + 0.5) / 2**32)
    return numbers
