package dev.obverse.drn.data;

import static dev.obverse.drn.data.Sample.dot;
import static dev.obverse.drn.data.Sample.step;

/** Neck, shoulders and ears: what is seen of a person around the head. */
final class BodyPainter {
    private final FaceIdentity.Head head;
    private final FaceAttributes.Scene scene;
    private final View view;
    private final Sample.Linear skin;
    private final Sample.Linear clothes;
    private final double earPlace;

    BodyPainter(FaceIdentity identity, FaceAttributes.Scene scene, View view, HeadShape skull) {
        head = identity.head();
        this.scene = scene;
        this.view = view;
        skin = Sample.Linear.of(identity.skin().colour());
        clothes = Sample.Linear.of(scene.clothes());
        earPlace = skull.width(0.1) * 0.98;
    }

    /** Paints neck and clothes at upright position (x, y); false where there is neither. */
    boolean body(Sample s, double x, double y) {
        double neck = head.neck() * (1 + 0.25 * step(1.3, 1.9, y));
        double shoulder = head.chin() + 0.22 + 0.30 * Math.max(0, Math.abs(x) - neck) + 0.04 * Math.abs(x);
        double opening =
                head.chin() + 0.30 + 0.35 * scene.neckline() - (0.75 - 0.3 * scene.neckline()) * Math.abs(x) * 0.7;
        boolean dressed = y > shoulder && (y > opening || Math.abs(x) > neck * 1.25);
        if (!dressed && (Math.abs(x) > neck || y < 0.3)) {
            return false;
        }
        double round = Math.min(0.98, Math.abs(x) / (dressed ? 1.9 : neck));
        s.nx = Math.signum(x) * round * 0.9;
        s.ny = dressed ? -0.45 * step(0.5, 0, y - shoulder) : 0.25;
        s.nz = Math.sqrt(1 - round * round) + 0.1;
        s.normalise();
        s.u = x;
        s.v = y;
        s.z = 0;
        if (dressed) {
            double weave = 0.85 + 0.3 * Noise.at(scene.seed() + 7, x * 6, y * 9);
            s.surface(clothes.r() * weave, clothes.g() * weave, clothes.b() * weave, 0.1);
            s.darken(0.35 * step(0.09, 0, Math.min(y - shoulder, Math.abs(y - opening))));
        } else {
            s.surface(skin, 0.3);
            s.tint(0.97, 0.88, 0.86, 1);
            // the chin's shadow
            s.darken(0.62 * step(head.chin() + 0.42, head.chin() - 0.05, y));
        }
        return true;
    }

    /** Paints an ear at plane position (x, y); false where there is none. */
    boolean ear(Sample s, double x, double y) {
        for (int side = -1; side <= 1; side += 2) {
            double z = -0.05;
            double u = side * (earPlace + 0.04 * head.ears());
            double cx = u * view.cosYaw + z * view.sinYaw;
            double cy = 0.13 * view.cosPitch - (z * view.cosYaw - u * view.sinYaw) * view.sinPitch;
            double wide = 0.135 * head.ears() * (1 + 0.7 * side * -view.sinYaw);
            double tall = 0.27 * head.ears();
            double dy = (y - cy) / tall;
            double dx = (x - cx - side * 0.05 * -dy) / (wide * (1 - 0.25 * dy));
            double r = dx * dx + dy * dy;
            if (r < 1) {
                s.u = u;
                s.v = 0.13 + dy * tall;
                s.z = z;
                s.nx = side * 0.4 + dx * 0.6;
                s.ny = dy * 0.5;
                s.nz = 0.55;
                s.normalise();
                s.surface(skin, 0.5);
                s.tint(1.04, 0.80, 0.78, 0.8);
                s.darken(0.5 * dot(dx + side * 0.12, dy + 0.05, 0.62, 0.68));
                s.darken(0.25);
                return true;
            }
        }
        return false;
    }
}
