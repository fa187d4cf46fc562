/**
 * Task types over tables: reading, SQL, checking and writing, on one DuckDB in memory for each
 * attempt.
 */
@NullMarked
package dev.sluice.tasks.table;

import org.jspecify.annotations.NullMarked;
