package dev.obverse.drn.data;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Who a synthetic face is: everything that stays when pose, expression, light and background change.
 *
 * <p>Lengths are in head units: the eyes lie at height 0, the pupils of an average face at +-0.36, its mouth at 0.83
 * and its chin at 1.32; heights grow downwards.
 *
 * @param head outline of skull, cheeks, jaw, ears and neck
 * @param eyes eyes and lids
 * @param brows eyebrows
 * @param nose nose
 * @param mouth lips
 * @param skin colour and marks of the skin
 * @param hair hair of the head
 * @param beard hair of the face
 * @param glasses spectacles, which this person always wears or never
 * @param texture seed of the fine texture of skin, hair and iris
 */
public record FaceIdentity(
        Head head,
        Eyes eyes,
        Brows brows,
        Nose nose,
        Mouth mouth,
        Skin skin,
        Hair hair,
        Beard beard,
        Glasses glasses,
        int texture) {

    /** Half widths at cheekbones, forehead (share of the cheeks) and chin roundness; {@code chin} is its height. */
    public record Head(
            double cheeks,
            double forehead,
            double jawSquareness,
            double chin,
            double chinBump,
            double cheekbones,
            double ears,
            double neck) {}

    /** {@code spacing} from the middle to a pupil, half width and opening of an eye, outer corner lift, iris. */
    public record Eyes(
            double spacing,
            double width,
            double opening,
            double tilt,
            double fold,
            double lashes,
            double iris,
            Rgb colour) {}

    /** {@code height} above the eyes, half thickness, arch, outer lift, half length, opacity 0-1. */
    public record Brows(
            double height, double thickness, double arch, double tilt, double length, double density, Rgb colour) {}

    /** {@code tip} is the height of its tip; {@code width} reaches from the middle to a wing. */
    public record Nose(double tip, double width, double bridge, double relief) {}

    /** {@code height} of the lip line, half width, lip thicknesses, bow of the upper lip 0-1. */
    public record Mouth(double height, double width, double upper, double lower, double bow, Rgb colour) {}

    /** Base colour, redness, freckles and signs of age (all 0-1), and moles as (u, v, radius) triples. */
    public record Skin(Rgb colour, double redness, double freckles, double age, List<Mole> moles) {}

    /** A mole at ({@code u}, {@code v}). */
    public record Mole(double u, double v, double radius) {}

    /**
     * Hair of the head.
     *
     * @param cover 0 bald, 1 full
     * @param top thickness above the crown
     * @param side thickness beside the temples
     * @param length height where it ends at the sides: about 0 cropped, 0.9 a bob, 2 long
     * @param line height of the hairline
     * @param fringe how far it falls over the forehead
     * @param part where it parts, -0.5 to 0.5
     * @param curl 0 straight to 1 curly
     * @param colour its colour
     */
    public record Hair(
            double cover,
            double top,
            double side,
            double length,
            double line,
            double fringe,
            double part,
            double curl,
            Rgb colour) {}

    /** Opacity (0 none to 1) of the hair on jaw, chin and upper lip. */
    public record Beard(double jaw, double chin, double lip, double stubble) {}

    /**
     * {@code weight} is the half thickness of the rim, 0 for no glasses; {@code round} 1 for round lenses, 0 for boxes.
     */
    public record Glasses(double weight, double round, double size, Rgb colour) {}

    /** Draws a person. */
    public static FaceIdentity random(RandomGenerator r) {
        boolean longHaired = r.nextDouble() < 0.5;
        double age = r.nextDouble() * r.nextDouble();
        double melanin = r.nextDouble();
        var skin = skin(r, melanin, age);
        var hairColour = hairColour(r, melanin, age);
        var head = new Head(
                bell(r, 0.755, 0.09),
                bell(r, 0.93, 0.08),
                bell(r, longHaired ? 2.25 : 2.6, 0.7),
                bell(r, 1.31, 0.14),
                bell(r, 0.05, 0.05),
                r.nextDouble(),
                bell(r, 1, 0.3),
                bell(r, longHaired ? 0.44 : 0.54, 0.09));
        var eyes = new Eyes(
                bell(r, 0.365, 0.05),
                bell(r, 0.19, 0.035),
                bell(r, 0.098, 0.034),
                bell(r, 0.05, 0.17),
                r.nextDouble(),
                longHaired ? r.nextDouble(0.3, 1) : r.nextDouble(0, 0.45),
                bell(r, 0.09, 0.01),
                irisColour(r, melanin));
        var brows = new Brows(
                bell(r, 0.235, 0.055),
                bell(r, longHaired ? 0.034 : 0.045, 0.024),
                bell(r, 0.04, 0.04),
                bell(r, 0.03, 0.16),
                bell(r, 0.225, 0.045),
                r.nextDouble(0.55, 1),
                hairColour.times(0.75).mix(new Rgb(0.16, 0.11, 0.08), r.nextDouble(0.1, 0.6)));
        var nose = new Nose(bell(r, 0.45, 0.08), bell(r, 0.155, 0.05), bell(r, 0.115, 0.035), bell(r, 0.21, 0.08));
        var mouth = new Mouth(
                nose.tip() + (head.chin() - nose.tip()) * bell(r, 0.43, 0.05),
                bell(r, 0.305, 0.06),
                bell(r, 0.052, 0.028),
                bell(r, 0.075, 0.035),
                r.nextDouble(),
                lipColour(r, skin.colour(), longHaired));
        return new FaceIdentity(
                head,
                eyes,
                brows,
                nose,
                mouth,
                skin,
                longHaired ? longHair(r, hairColour) : shortHair(r, hairColour, age),
                longHaired ? new Beard(0, 0, 0, 0) : beard(r),
                glasses(r),
                r.nextInt());
    }

    private static Skin skin(RandomGenerator r, double melanin, double age) {
        var base = Rgb.ramp(
                melanin,
                new Rgb(0.97, 0.84, 0.76),
                new Rgb(0.92, 0.75, 0.63),
                new Rgb(0.82, 0.61, 0.47),
                new Rgb(0.62, 0.43, 0.31),
                new Rgb(0.42, 0.28, 0.20));
        double tone = bell(r, 0, 0.035);
        var moles = new ArrayList<Mole>();
        for (int i = r.nextInt(4); i > 1; i--) {
            moles.add(new Mole(r.nextDouble(-0.55, 0.55), r.nextDouble(-0.55, 1.15), r.nextDouble(0.018, 0.035)));
        }
        double freckles = melanin < 0.45 && r.nextDouble() < 0.35 ? r.nextDouble(0.4, 1) : 0;
        return new Skin(
                base.plus(tone, 0, -tone), r.nextDouble() * (1 - 0.6 * melanin), freckles, age, List.copyOf(moles));
    }

    private static Rgb hairColour(RandomGenerator r, double melanin, double age) {
        Rgb[] colours = {
            new Rgb(0.07, 0.06, 0.07),
            new Rgb(0.16, 0.10, 0.07),
            new Rgb(0.27, 0.17, 0.10),
            new Rgb(0.42, 0.25, 0.13),
            new Rgb(0.55, 0.24, 0.10),
            new Rgb(0.66, 0.48, 0.26),
            new Rgb(0.84, 0.69, 0.42),
        };
        double reach = melanin > 0.6 ? 0.4 : 1;
        var colour = Rgb.ramp(r.nextDouble() * reach, colours);
        double grey = age > 0.45 ? r.nextDouble() : 0;
        return colour.mix(new Rgb(0.78, 0.77, 0.76), grey);
    }

    private static Rgb irisColour(RandomGenerator r, double melanin) {
        Rgb[] colours = {
            new Rgb(0.16, 0.09, 0.05),
            new Rgb(0.30, 0.17, 0.08),
            new Rgb(0.42, 0.30, 0.12),
            new Rgb(0.33, 0.45, 0.25),
            new Rgb(0.42, 0.56, 0.62),
            new Rgb(0.28, 0.47, 0.72),
        };
        return Rgb.ramp(r.nextDouble() * (melanin > 0.55 ? 0.4 : 1), colours);
    }

    private static Rgb lipColour(RandomGenerator r, Rgb skin, boolean painted) {
        var natural = new Rgb(skin.r() * 0.86, skin.g() * 0.62, skin.b() * 0.63);
        var lipstick = Rgb.ramp(
                r.nextDouble(),
                new Rgb(0.72, 0.12, 0.16),
                new Rgb(0.80, 0.36, 0.38),
                new Rgb(0.55, 0.16, 0.28),
                new Rgb(0.85, 0.45, 0.40));
        double amount = r.nextDouble();
        return painted ? natural.mix(lipstick, amount * 0.85) : natural.mix(lipstick, amount * 0.12);
    }

    private static Hair shortHair(RandomGenerator r, Rgb colour, double age) {
        double style = r.nextDouble();
        double cover = r.nextDouble() < 0.08 + 0.4 * age ? r.nextDouble(0, 0.5) : 1;
        boolean cropped = style < 0.3;
        boolean curly = style > 0.75;
        return new Hair(
                cover,
                cropped || cover < 1 ? r.nextDouble(0.02, 0.06) : r.nextDouble(0.1, curly ? 0.36 : 0.26),
                cropped ? 0.01 : r.nextDouble(0.02, curly ? 0.2 : 0.07),
                r.nextDouble(-0.15, 0.3),
                bell(r, -0.66 - 0.1 * age, 0.1),
                cropped || r.nextDouble() < 0.5 ? 0 : r.nextDouble(0.1, 0.38),
                r.nextDouble(-0.5, 0.5),
                curly ? r.nextDouble(0.5, 1) : r.nextDouble(0, 0.3),
                colour);
    }

    private static Hair longHair(RandomGenerator r, Rgb colour) {
        boolean tied = r.nextDouble() < 0.15;
        double bob = r.nextDouble();
        return new Hair(
                1,
                tied ? r.nextDouble(0.04, 0.1) : r.nextDouble(0.1, 0.28),
                tied ? 0.01 : r.nextDouble(0.06, 0.26),
                tied ? 0.05 : bob < 0.45 ? r.nextDouble(0.65, 1.15) : r.nextDouble(1.3, 2.4),
                bell(r, -0.64, 0.08),
                r.nextDouble() < 0.4 ? r.nextDouble(0.2, 0.45) : 0,
                r.nextDouble(-0.5, 0.5),
                r.nextDouble() < 0.35 ? r.nextDouble(0.4, 1) : r.nextDouble(0, 0.3),
                colour);
    }

    private static Beard beard(RandomGenerator r) {
        double kind = r.nextDouble();
        double amount = r.nextDouble(0.6, 0.95);
        double stubble = r.nextDouble() < 0.5 ? r.nextDouble(0.1, 0.45) : 0;
        if (kind < 0.18) {
            return new Beard(amount, amount, amount * 0.9, stubble);
        }
        if (kind < 0.28) {
            return new Beard(0, amount, amount * 0.9, stubble);
        }
        if (kind < 0.36) {
            return new Beard(0, 0, amount, stubble);
        }
        return new Beard(0, 0, 0, stubble);
    }

    private static Glasses glasses(RandomGenerator r) {
        boolean worn = r.nextDouble() < 0.16;
        double weight = r.nextDouble(0.014, 0.034);
        return new Glasses(
                worn ? weight : 0,
                r.nextDouble(),
                r.nextDouble(0.9, 1.15),
                Rgb.ramp(
                        r.nextDouble(),
                        new Rgb(0.05, 0.05, 0.06),
                        new Rgb(0.28, 0.14, 0.08),
                        new Rgb(0.55, 0.52, 0.48),
                        new Rgb(0.45, 0.08, 0.1)));
    }

    /** A bell-shaped draw that never leaves {@code middle +- spread}: the mean of three uniform ones. */
    static double bell(RandomGenerator r, double middle, double spread) {
        double mean = (r.nextDouble() + r.nextDouble() + r.nextDouble()) / 3;
        return middle + spread * clampToOne(1.35 * (2 * mean - 1));
    }

    private static double clampToOne(double x) {
        return Math.max(-1, Math.min(1, x));
    }
}
