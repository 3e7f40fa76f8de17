/** What a researcher composes: modules, parameters and what is built from them. */
@NullMarked
package dev.obverse.nn;

import org.jspecify.annotations.NullMarked;
