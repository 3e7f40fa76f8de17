/**
 * What every backend must fulfil. A module with a backend of its own runs it by a subclass of
 * {@link dev.obverse.contract.BackendContract} and core's test-jar.
 */
@NullMarked
package dev.obverse.contract;

import org.jspecify.annotations.NullMarked;
