/** From downloaded video data sets, Celeb-DF-v2 and FaceForensics++, to aligned pictures and a manifest of pairs. */
@NullMarked
package dev.obverse.drn.prepare;

import org.jspecify.annotations.NullMarked;
