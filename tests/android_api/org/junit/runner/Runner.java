package org.junit.runner;

/** The part of the public API that the generated apps use, to compile them against. */
public abstract class Runner {
}
