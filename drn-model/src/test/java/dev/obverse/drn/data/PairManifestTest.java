package dev.obverse.drn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PairManifestTest {
    private static final String HEADER = "pair_id,original,fake,original_id,donor_id,video,split\n";

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void images() throws IOException {
        file = folder.resolve("pairs.csv");
        for (var name : List.of("o.png", "f.png", "a, \"b\".png")) {
            new RgbImage(2, 2).writePng(folder.resolve(name));
        }
    }

    private PairManifest read(String text) throws IOException {
        Files.writeString(file, text);
        return PairManifest.read(file);
    }

    private void assertError(String text, String message) {
        var thrown = assertThrows(DataException.class, () -> read(text));
        assertEquals(message.replace("FILE", file.toString()), thrown.getMessage());
    }

    @Test
    void readsRows() throws IOException {
        var manifest = read(HEADER + "p0,o.png,f.png,anna,ben,v1,train\np1,o.png,f.png,carl,ben,v2,test\n");
        var row = new PairManifest.Row("p0", "o.png", "f.png", "anna", "ben", "v1", Split.TRAIN);
        assertEquals(row, manifest.rows().getFirst());
        assertEquals(folder.resolve("o.png"), manifest.originalFile(row));
        assertEquals(folder.resolve("f.png"), manifest.fakeFile(row));
        assertEquals("p1", manifest.rows(Split.TEST).getFirst().pairId());
        assertEquals(Set.of("ben"), manifest.sharedPeople());
    }

    @Test
    void quotedFieldsWindowsLinesAndByteOrderMark() throws IOException {
        var manifest = read("\uFEFF" + HEADER.strip() + "\r\n\r\n"
                + "\"p,0\",\"a, \"\"b\"\".png\",f.png,\"an\r\nna\",ben,v,test\r\np1,o.png,f.png,a,b,v,train");
        assertEquals("p,0", manifest.rows().getFirst().pairId());
        assertEquals("a, \"b\".png", manifest.rows().getFirst().original());
        assertEquals("an\r\nna", manifest.rows().getFirst().originalId());
        assertEquals(2, manifest.rows().size());
    }

    @Test
    void writesWhatItReads() throws IOException {
        var rows = List.of(
                new PairManifest.Row("p\"0", "a, \"b\".png", "f.png", "an\nna", "b,en", "v", Split.TEST),
                new PairManifest.Row("p1", "o.png", "f.png", "carl", "ben", " v ", Split.TRAIN));
        var manifest = new PairManifest(folder, rows);
        manifest.write(file);
        assertEquals(manifest, PairManifest.read(file));
    }

    @Property(tries = 300)
    void anyFieldsSurviveQuoting(@ForAll @Size(min = 2, max = 4) List<String> fields) throws Csv.BadQuote {
        var text = new StringBuilder("first");
        fields.forEach(field -> text.append(',').append(Csv.quote(field)));
        var parsed = Csv.parse(text + "\n" + text);
        assertEquals(2, parsed.size());
        for (var line : parsed) {
            assertEquals(fields, line.fields().subList(1, line.fields().size()));
        }
    }

    @Test
    void missingFile() {
        var thrown = assertThrows(DataException.class, () -> PairManifest.read(file));
        assertEquals("Manifest " + file + " does not exist", thrown.getMessage());
    }

    @Test
    void errorsAreOneSentence() throws IOException {
        assertError("", "Manifest FILE is empty; expected the header " + HEADER.strip());
        assertError(HEADER, "Manifest FILE has a header but no pairs");
        assertError(
                "id,original,fake\nx,y,z\n",
                "Manifest FILE has the columns id,original,fake; expected " + HEADER.strip());
        assertError(
                HEADER + "p0,o.png,f.png,a,b,v,train\np1,o.png,f.png,a,b,train\n",
                "Manifest FILE, line 3, has 6 fields; expected 7 (" + HEADER.strip() + ")");
        assertError(
                HEADER + "p0,o.png,gone.png,a,b,v,train\n",
                "Manifest FILE, line 2, names the fake image " + folder.resolve("gone.png") + ", which does not exist");
        assertError(
                HEADER + "p0,o.png,f.png,a,b,v,train\n\"p\n1\",o.png,f.png,a,b,v,train\np0,o.png,f.png,a,b,v,test\n",
                "Manifest FILE, line 5, repeats pair_id 'p0' of line 2");
        assertError(
                HEADER + "p0,o.png,f.png,a,b,v,Train\n",
                "Manifest FILE, line 2, has the unknown split 'Train'; expected train or test");
        assertError(HEADER + "p0,o.png,f.png,,b,v,train\n", "Manifest FILE, line 2, has no original_id");
        assertError(
                HEADER + "p0,\"o.png,f.png,a,b,v,train\n",
                "Manifest FILE: line 2 has a quoted field that does not end at a comma or line end");
        Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        var thrown = assertThrows(DataException.class, () -> PairManifest.read(file));
        assertTrue(thrown.getMessage().contains("is not a UTF-8 text file"), thrown.getMessage());
    }
}
