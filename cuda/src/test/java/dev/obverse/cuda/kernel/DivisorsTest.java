package dev.obverse.cuda.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class DivisorsTest {
    @Property(tries = 5000)
    void dividesLikeDivision(
            @ForAll @IntRange(max = Integer.MAX_VALUE) int n,
            @ForAll @IntRange(min = 1, max = Integer.MAX_VALUE) int d) {
        assertEquals(n / d, Divisors.divide(n, Divisors.of(d)));
    }

    @Property
    void dividesAroundMultiples(
            @ForAll @IntRange(min = 1, max = 70_000) int d, @ForAll @IntRange(max = 30_000) int times) {
        var divisor = Divisors.of(d);
        for (int n = Math.max(0, d * times - 1); n >= 0 && n <= d * times + 1; n++) {
            assertEquals(n / d, Divisors.divide(n, divisor), n + " / " + d);
        }
    }
}
