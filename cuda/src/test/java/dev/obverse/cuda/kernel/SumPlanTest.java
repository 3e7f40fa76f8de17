package dev.obverse.cuda.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SumPlanTest {
    @Property
    void piecesCoverTheAxisAndBlocksFitACard(
            @ForAll @IntRange(min = 1, max = 3000) int outer,
            @ForAll @IntRange(min = 1, max = 600_000) int extent,
            @ForAll @IntRange(min = 1, max = 1100) int inner) {
        var plan = SumPlan.of(outer, extent, inner);
        assertTrue((long) plan.pieces() * plan.piece() >= extent, "all of it");
        assertTrue((long) (plan.pieces() - 1) * plan.piece() < extent, "no empty piece");
        assertTrue(plan.pieces() <= 65535, "the grid's second extent");
        assertEquals(256, plan.blockX() * plan.blockY());
        assertEquals(1, Integer.bitCount(plan.blockY()), "halving needs a power of two");
        if (inner > 1) {
            assertEquals(outer * ((inner + plan.blockX() - 1) / plan.blockX()), plan.grid());
        }
    }

    @Test
    void theBiasGradientOfALargeLayerFillsACard() {
        var plan = SumPlan.of(1, 32 * 128 * 128, 64);
        assertEquals("_columns", plan.suffix());
        assertEquals(2048, plan.grid() * plan.pieces());
    }
}
