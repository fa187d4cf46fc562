package dev.sluice.engine;

import dev.sluice.model.FlowId;
import dev.sluice.model.RunId;
import dev.sluice.model.TenantId;

/** Which run of which flow version: fixed from its first event on. */
public record RunIdentity(TenantId tenant, RunId run, FlowId flow, int version) {}
