package dev.obverse.drn.data;

import static dev.obverse.drn.data.Sample.step;

/** Hair of the head: a thick hull over the skull, open where the face is, drawn in strands. */
final class HairPainter {
    private final FaceIdentity identity;
    private final FaceIdentity.Hair hair;
    private final HeadShape hull;
    private final Sample.Linear colour;
    private final double bandHeight;

    HairPainter(FaceIdentity identity, HeadShape hull, Lighting light) {
        this.identity = identity;
        this.hair = identity.hair();
        this.hull = hull;
        colour = Sample.Linear.of(hair.colour());
        bandHeight = -0.92 - 0.5 * hair.top() - 0.12 * light.y;
    }

    HeadShape hull() {
        return hull;
    }

    /** Height above which there is hair at this place of the hull: the hairline in front, the ends at the sides. */
    double limit(double u, double v, double z) {
        double w = Math.max(0.05, hull.width(v));
        double d = Math.max(0.05, hull.depth(v));
        double front = z / d;
        double across = Math.abs(u / w);
        double recede =
                (1 - hair.cover()) * (0.9 - 0.9 * across) + 0.10 * step(0.2, 0.55, across) * step(0.9, 0.6, across);
        double sweep = u - hair.part() * 0.8;
        double fringe = hair.fringe() * Math.max(0, 1 - sweep * sweep / 1.3);
        double line = hair.line() - recede + fringe;
        double inner = hair.length() > 0.5 ? 0.60 : 0.74;
        double side = front < 0 ? 1 : step(inner, inner + 0.22, across);
        double strand = Noise.at(identity.texture() + 11, u * 17 + sweep * v * 5, v * 2.5) - 0.5;
        double limit = line + (hair.length() - line) * side;
        return limit + strand * (0.10 + 0.16 * hair.fringe() + 0.12 * hair.curl());
    }

    /** How much of the sample, a place on the hull, is hair. */
    double cover(Sample s, double soft) {
        double limit = limit(s.u, s.v, s.z);
        return step(limit + 0.02 + soft, limit - 0.05, s.v);
    }

    /** How much the fringe shades the skin at a place just below it. */
    double shadow(Sample s) {
        double limit = limit(s.u, s.v, s.z);
        double forehead = step(0.72, 0.45, Math.abs(s.u / hull.width(s.v)));
        return 0.42 * step(limit + 0.20, limit, s.v) * hair.cover() * forehead;
    }

    /** Whether, where the hull's open front shows no head, the far side of the hair is seen. */
    boolean reachesBehind(double x, double v) {
        return hair.cover() > 0.5 && v < hair.length() - 0.1 + 0.2 * Noise.at(identity.texture() + 16, x * 9, 0.5);
    }

    /** Paints a place on the hull; {@code inner} is its far side. */
    void paint(Sample s, boolean inner) {
        double fall = Math.max(0, s.v + 1.0);
        double sweep = (s.u - hair.part() * Math.max(0, 0.8 - fall * 0.5)) / (0.45 + Math.min(1, fall));
        double curl = hair.curl();
        double wobble = curl * 0.5 * (Noise.at(identity.texture() + 12, s.u * 5, s.v * 5) - 0.5);
        double fine = Noise.at(identity.texture() + 13, (sweep + wobble) * 30, s.v * 2.2 + wobble * 8);
        double coarse = Noise.at(identity.texture() + 14, (sweep + wobble) * 9, s.v * 1.3 + wobble * 5);
        double lumps = Noise.at(identity.texture() + 15, s.u * 11 + wobble * 6, s.v * 11);
        double strand = (1 - 0.6 * curl) * (0.55 * fine + 0.45 * coarse) + 0.6 * curl * (0.7 * lumps + 0.3 * fine);
        double tone = 0.38 + 1.05 * strand;
        if (inner) {
            tone *= 0.42;
        }
        s.surface(colour.r() * tone, colour.g() * tone, colour.b() * tone, 0);
        s.bend((coarse - 0.5) * 0.9, (lumps - 0.5) * (0.3 + 0.9 * curl));
        s.normalise();
        double place = s.v - bandHeight + 0.25 * s.u * s.u + 0.25 * (coarse - 0.5);
        double band = Math.max(0, 1 - place * place * 11) + 0.35 * Math.max(0, 1 - (place - 0.9) * (place - 0.9) * 8);
        double shine = inner ? 0 : band * (0.25 + 0.75 * fine) * (1 - 0.7 * curl);
        s.lay(
                0.25 + 0.75 * Math.sqrt(colour.r()),
                0.25 + 0.75 * Math.sqrt(colour.g()),
                0.25 + 0.75 * Math.sqrt(colour.b()),
                0.20 * shine);
        double parting = Math.abs(s.u - hair.part() * 0.7);
        if (hair.top() > 0.08 && s.v < hair.line() && curl < 0.5) {
            s.darken(0.45 * step(0.05, 0, parting) * step(hair.line() - 0.5, hair.line(), s.v));
        }
    }
}
