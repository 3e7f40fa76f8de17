package dev.obverse.drn.data;

import org.jspecify.annotations.Nullable;

/**
 * Draws synthetic faces by casting a ray per sample at an analytic head.
 *
 * <p>Arithmetic is plain double precision with {@link StrictMath} for set-up, so the same identity and attributes give
 * the same bits on every machine and thread.
 */
public final class FaceRenderer {
    /** Samples per pixel side where none is given. */
    public static final int SUPERSAMPLING = 2;

    private final FaceIdentity identity;
    private final FaceAttributes attributes;
    private final int size;
    private final View view;
    private final Relief relief;
    private final HeadShape skull;
    private final Lighting light;
    private final SkinPainter skin;
    private final EyePainter eyes;
    private final MouthPainter mouth;
    private final HairPainter hair;
    private final GlassesPainter glasses;
    private final ScenePainter scene;
    private final BodyPainter body;
    private final double pixel;
    private final Sample s = new Sample();
    /** Share of the inner face at the last sample. */
    private double inner;

    private FaceRenderer(FaceIdentity identity, FaceAttributes attributes, int size) {
        if (size < 8) {
            throw new IllegalArgumentException("A face needs an image of at least 8 pixels a side, not " + size);
        }
        this.identity = identity;
        this.attributes = attributes;
        this.size = size;
        var expression = attributes.expression();
        view = new View(attributes.pose(), size);
        pixel = 1 / view.unit();
        relief = new Relief(identity, expression);
        skull = HeadShape.skin(identity.head(), 0.10 * expression.mouthOpen());
        light = new Lighting(attributes.light(), view);
        skin = new SkinPainter(identity, expression, light);
        eyes = new EyePainter(identity, expression, light, pixel);
        mouth = new MouthPainter(identity, expression, pixel);
        hair = new HairPainter(identity, HeadShape.hair(identity), light);
        glasses = new GlassesPainter(identity, view, pixel);
        scene = new ScenePainter(attributes.scene());
        body = new BodyPainter(identity, attributes.scene(), view, skull);
    }

    /** Draws a face, {@code size} pixels a side, with the usual supersampling. */
    public static RenderedFace render(FaceIdentity identity, FaceAttributes attributes, int size) {
        return render(identity, attributes, size, SUPERSAMPLING);
    }

    /** Draws a face with {@code supersampling} x {@code supersampling} samples per pixel. */
    public static RenderedFace render(FaceIdentity identity, FaceAttributes attributes, int size, int supersampling) {
        return render(identity, attributes, size, supersampling, Similarity.IDENTITY, null);
    }

    /** Where the parts of a face will lie, without drawing it. */
    public static FaceLandmarks landmarks(FaceIdentity identity, FaceAttributes attributes, int size) {
        return new FaceRenderer(identity, attributes, size).landmarks();
    }

    /**
     * Draws a face moved by {@code move}; where {@code region} [H,W] is given, only its pixels above 0 are drawn and
     * the others stay black.
     */
    static RenderedFace render(
            FaceIdentity identity,
            FaceAttributes attributes,
            int size,
            int supersampling,
            Similarity move,
            float @Nullable [] region) {
        if (supersampling < 1 || supersampling > 16) {
            throw new IllegalArgumentException("supersampling must be 1 to 16, not " + supersampling);
        }
        return new FaceRenderer(identity, attributes, size).draw(supersampling, move.inverse(), region);
    }

    private RenderedFace draw(int samples, Similarity back, float @Nullable [] region) {
        float[] rgb = new float[size * size * 3];
        float[] mask = new float[size * size];
        double share = 1.0 / (samples * samples);
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                int at = y * size + x;
                if (region != null && region[at] <= 0) {
                    continue;
                }
                double r = 0;
                double g = 0;
                double b = 0;
                double m = 0;
                for (int i = 0; i < samples * samples; i++) {
                    double px = x + (i % samples + 0.5) / samples;
                    double py = y + (Math.floorDiv(i, samples) + 0.5) / samples;
                    trace(back.a() * px - back.b() * py + back.dx(), back.b() * px + back.a() * py + back.dy());
                    r += s.r;
                    g += s.g;
                    b += s.b;
                    m += inner;
                }
                rgb[at * 3] = encode(r * share);
                rgb[at * 3 + 1] = encode(g * share);
                rgb[at * 3 + 2] = encode(b * share);
                mask[at] = (float) (m * share);
            }
        }
        return new RenderedFace(new RgbImage(size, size, rgb), landmarks(), mask);
    }

    private static float encode(double linear) {
        return (float) Math.sqrt(Math.max(0, Math.min(1, linear)));
    }

    /** Finds what one ray sees and leaves its colour in the sample. */
    private void trace(double px, double py) {
        inner = 0;
        double x = view.planeX(px, py);
        double y = view.planeY(px, py);
        double front = 0;
        double behind = -1;
        if (view.meet(hair.hull(), null, x, y, s) <= 1) {
            front = hair.cover(s, pixel);
            if (front >= 1) {
                paintHair(false);
                return;
            }
            behind = s.v;
        }
        double hullU = s.u;
        double hullV = s.v;
        double hullZ = s.z;
        if (view.meet(skull, relief, x, y, s) <= 1) {
            paintFace();
            inner *= 1 - front;
        } else if (body.ear(s, x, y) || body.body(s, view.bodyX(px), view.bodyY(py))) {
            light.shade(s);
        } else if (behind > identity.hair().line() && hair.reachesBehind(x, behind)) {
            s.u = hullU;
            s.v = hullV;
            s.z = hullZ;
            paintHair(true);
        } else {
            scene.paint(s, px / size, py / size);
        }
        if (front > 0) {
            double r = s.r;
            double g = s.g;
            double b = s.b;
            s.u = hullU;
            s.v = hullV;
            s.z = hullZ;
            paintHair(false);
            s.r = r + (s.r - r) * front;
            s.g = g + (s.g - g) * front;
            s.b = b + (s.b - b) * front;
        }
    }

    private void paintHair(boolean behind) {
        hair.hull().normal(s);
        hair.paint(s, behind);
        light.shade(s);
    }

    private void paintFace() {
        skull.normal(s);
        relief.measure(s.u, s.v);
        s.z += relief.height;
        s.bend(relief.slopeU * s.nz, relief.slopeV * s.nz);
        skin.paint(s);
        mouth.paint(s);
        eyes.paint(s);
        if (identity.hair().cover() > 0) {
            s.darken(hair.shadow(s));
        }
        glasses.paint(s);
        s.normalise();
        inner = innerFace(s.u, s.v);
        light.shade(s);
    }

    private double innerFace(double u, double v) {
        double top = -identity.brows().height() - 0.22;
        double bottom = identity.head().chin() - 0.10;
        double middle = (top + bottom) / 2;
        double a = u / (identity.head().cheeks() * 0.9);
        double b = (v - middle) / ((bottom - top) / 2);
        return Sample.step(1.0, 0.72, Math.sqrt(Math.sqrt(a * a * a * a + b * b * b * b + 0.6 * a * a * b * b)));
    }

    private FaceLandmarks landmarks() {
        double eye = identity.eyes().spacing();
        double brow = -identity.brows().height()
                - identity.brows().arch()
                - 0.07 * attributes.expression().browRaise();
        double corner = MouthPainter.width(identity.mouth(), attributes.expression());
        double lips =
                MouthPainter.line(identity.mouth(), attributes.expression().smile(), 1);
        double chin = identity.head().chin() + 0.10 * attributes.expression().mouthOpen() - 0.03;
        return new FaceLandmarks(
                at(-eye, 0),
                at(eye, 0),
                at(0, identity.nose().tip()),
                at(-corner, lips),
                at(corner, lips),
                at(-eye, brow),
                at(eye, brow),
                at(0, chin));
    }

    private FaceLandmarks.Point at(double u, double v) {
        double share = Math.min(1, Math.abs(u) / skull.width(v));
        double z = skull.depth(v) * Math.sqrt(1 - share * share) + relief.height(u, v);
        return view.project(u, v, z);
    }
}
