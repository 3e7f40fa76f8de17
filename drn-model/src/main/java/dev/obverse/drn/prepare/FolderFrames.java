package dev.obverse.drn.prepare;

import dev.obverse.drn.data.DataException;
import dev.obverse.drn.data.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A video that somebody has cut into pictures, one file a frame: all are taken, and named as their files are. */
final class FolderFrames implements Frames {
    private final Path folder;

    FolderFrames(Path folder) {
        this.folder = folder;
    }

    @Override
    public double step(double perSecond) {
        return 1;
    }

    @Override
    public void forEach(double step, Visitor visitor) throws IOException {
        for (var path : Folders.entries(folder)) {
            var name = Folders.fileName(path);
            if (RgbImage.isNamedAsPicture(path) && Files.isRegularFile(path)) {
                visitor.frame(name.substring(0, name.lastIndexOf('.')), read(path));
            }
        }
    }

    private static RgbImage read(Path path) throws IOException {
        try {
            return RgbImage.read(path);
        } catch (DataException e) {
            throw new UnreadableVideo(e.getMessage(), e);
        }
    }
}
