package dev.obverse.drn.data;

import static dev.obverse.drn.data.FaceIdentity.bell;

import java.util.random.RandomGenerator;

/**
 * What a picture of a face shows besides who it is: pose, expression, light and surroundings.
 *
 * @param pose how the head is turned and framed
 * @param expression what the face does
 * @param light how it is lit
 * @param scene background and clothes
 */
public record FaceAttributes(Pose pose, Expression expression, Light light, Scene scene) {

    /**
     * Pose and framing.
     *
     * @param yaw turn to the image's right, radians
     * @param pitch turn upwards, radians
     * @param roll turn in the image plane, clockwise, radians
     * @param scale image sides per head unit
     * @param x middle of the face, share of the image's width
     * @param y height of the eyes, share of the image's height
     */
    public record Pose(double yaw, double pitch, double roll, double scale, double x, double y) {}

    /**
     * Expression.
     *
     * @param mouthOpen 0 closed to 1 wide open
     * @param smile -0.5 sad to 1 broad
     * @param browRaise -0.6 frowning to 1 raised
     * @param eyeClosure 0 open to 1 shut
     * @param gazeX -1 to 1, right of the image positive
     * @param gazeY -1 to 1, down positive
     */
    public record Expression(
            double mouthOpen, double smile, double browRaise, double eyeClosure, double gazeX, double gazeY) {}

    /**
     * Light.
     *
     * @param azimuth where the key light stands, radians, right of the image positive
     * @param elevation its height, radians
     * @param strength brightness of the key light
     * @param ambient brightness of the light from everywhere
     * @param warmth -1 blue to 1 orange
     */
    public record Light(double azimuth, double elevation, double strength, double ambient, double warmth) {}

    /**
     * Background and clothes.
     *
     * @param texture what the background shows
     * @param a first colour
     * @param b second colour
     * @param angle direction from {@code a} to {@code b}, radians
     * @param detail size of the texture, features per image side
     * @param clothes colour of the clothes
     * @param neckline depth of the neckline
     * @param seed seed of the texture
     */
    public record Scene(
            Texture texture, Rgb a, Rgb b, double angle, double detail, Rgb clothes, double neckline, int seed) {}

    /** Kinds of background. */
    public enum Texture {
        PLAIN,
        CLOUDS,
        STRIPES,
        LIGHTS,
        PANELS
    }

    /** Draws a picture's attributes. */
    public static FaceAttributes random(RandomGenerator r) {
        return new FaceAttributes(randomPose(r), randomExpression(r), randomLight(r), randomScene(r));
    }

    /** Another frame of the same video: light and scene stay, the pose moves a little, the expression changes. */
    public FaceAttributes nextFrame(RandomGenerator r) {
        var moved = new Pose(
                pose.yaw + bell(r, 0, 0.22),
                pose.pitch + bell(r, 0, 0.1),
                pose.roll + bell(r, 0, 0.07),
                pose.scale * bell(r, 1, 0.03),
                pose.x + bell(r, 0, 0.015),
                pose.y + bell(r, 0, 0.015));
        return new FaceAttributes(moved, randomExpression(r), light, scene);
    }

    private static Pose randomPose(RandomGenerator r) {
        return new Pose(
                bell(r, 0, 0.5),
                bell(r, 0, 0.22),
                bell(r, 0, 0.16),
                bell(r, 0.375, 0.03),
                bell(r, 0.5, 0.03),
                bell(r, 0.43, 0.03));
    }

    private static Expression randomExpression(RandomGenerator r) {
        double open = Math.max(0, r.nextDouble(-0.6, 1));
        double blink = r.nextDouble();
        return new Expression(
                open * open,
                bell(r, 0.25, 0.8),
                bell(r, 0.15, 0.75),
                blink > 0.93 ? 1 : 0.35 * r.nextDouble(),
                bell(r, 0, 1),
                bell(r, 0, 0.7));
    }

    private static Light randomLight(RandomGenerator r) {
        return new Light(
                bell(r, 0, 1.2), r.nextDouble(0.15, 0.95), bell(r, 0.8, 0.35), bell(r, 0.5, 0.17), bell(r, 0.1, 0.9));
    }

    private static Scene randomScene(RandomGenerator r) {
        var first = randomColour(r, 0.1, 0.85);
        var textures = Texture.values();
        return new Scene(
                textures[r.nextInt(textures.length)],
                first,
                first.mix(randomColour(r, 0.1, 0.9), r.nextDouble(0.3, 1)),
                r.nextDouble(0, 2 * Math.PI),
                r.nextDouble(2, 7),
                randomColour(r, 0.05, 0.9),
                r.nextDouble(),
                r.nextInt());
    }

    private static Rgb randomColour(RandomGenerator r, double dark, double bright) {
        double value = r.nextDouble(dark, bright);
        double saturation = 0.65 * r.nextDouble();
        return new Rgb(
                value * (1 - saturation * r.nextDouble()),
                value * (1 - saturation * r.nextDouble()),
                value * (1 - saturation * r.nextDouble()));
    }
}
