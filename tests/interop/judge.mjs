// SPDX-License-Identifier: Apache-2.0
// People with a client that is not ours: matrix-js-sdk with its own Rust crypto, in memory, a client for each connection.
// Commands come in as JSON lines, {id, do, ...}; answers {id, ok, ...} and events {event: {...}} go out the same way.
// The port is the one line on standard output; it all ends with standard input.

import { createServer } from "node:net";
import { createInterface } from "node:readline";

// The SDK logs to the console; standard output is ours.
for (const level of ["log", "info", "debug", "trace", "warn"]) console[level] = () => {};

const sdk = await import("matrix-js-sdk");
const { OnlySignedDevicesIsolationMode, AllDevicesIsolationMode } = await import("matrix-js-sdk/lib/crypto-api/index.js");
const { UserId } = await import("@matrix-org/matrix-sdk-crypto-wasm");
const { logger } = await import("matrix-js-sdk/lib/logger.js");
logger.setLevel?.("silent");

function person(connection) {
    const say = (line) => connection.writable && connection.write(JSON.stringify(line) + "\n");
    let client;

    function describe(event) {
        const clear = event.isEncrypted() ? event.getClearContent() : event.getContent();
        return {
            room_id: event.getRoomId(),
            event_id: event.getId(),
            sender: event.getSender(),
            type: event.getType(),
            state_key: event.getStateKey(),
            content: clear ?? {},
            encrypted: event.isEncrypted(),
            readable: !event.isDecryptionFailure() && !(event.isEncrypted() && !clear),
            failure: event.isDecryptionFailure() ? String(event.decryptionFailureReason) : null,
            redacted: event.isRedacted(),
            redacts: event.getAssociatedId() ?? event.event.redacts ?? event.getContent().redacts ?? null,
        };
    }

    async function tell(event) {
        if (event.isEncrypted() && (event.isBeingDecrypted() || event.shouldAttemptDecryption())) {
            await client.decryptEventIfNeeded(event).catch(() => {});
        }
        say({ event: describe(event) });
    }

    const deeds = {
        // `session` is what registering, or a login, answered.
        async start({ homeserver, user, password, session, isolate = true }) {
            const login =
                session ??
                (await sdk
                    .createClient({ baseUrl: homeserver })
                    .loginRequest({ type: "m.login.password", identifier: { type: "m.id.user", user }, password }));
            client = sdk.createClient({
                baseUrl: homeserver,
                accessToken: login.access_token,
                userId: login.user_id,
                deviceId: login.device_id,
                cryptoCallbacks: { getSecretStorageKey: async () => null },
            });
            await client.initRustCrypto({ useIndexedDB: false });
            const crypto = client.getCrypto();
            crypto.setDeviceIsolationMode(isolate ? new OnlySignedDevicesIsolationMode() : new AllDevicesIsolationMode(false));
            await crypto.bootstrapCrossSigning({
                authUploadDeviceSigningKeys: (request) =>
                    request({
                        type: "m.login.password",
                        identifier: { type: "m.id.user", user: login.user_id },
                        password,
                    }),
            });
            client.on("Room.timeline", (event, _room, toStart) => void (toStart || tell(event)));
            client.on("Event.decrypted", (event) => say({ event: describe(event) }));
            client.on("receivedToDeviceMessage", ({ message }) =>
                say({ event: { type: message.type, room_id: message.content?.room_id ?? null, to_device: true } }),
            );
            client.on("Room.redaction", (event) => say({ event: describe(event) }));
            client.on("Room.myMembership", (room, membership) =>
                say({ event: { type: "my_membership", room_id: room.roomId, membership } }),
            );
            client.on("RoomState.events", (event) => say({ event: { ...describe(event), state: true } }));
            const synced = new Promise((resolve) => client.on("sync", (state) => state === "PREPARED" && resolve()));
            await client.startClient({ initialSyncLimit: 50, lazyLoadMembers: false });
            await synced;
            return { user_id: login.user_id, device_id: login.device_id };
        },
        async knock({ room, reason }) {
            return { room_id: (await client.knockRoom(room, { reason })).room_id };
        },
        async join({ room, via }) {
            return { room_id: (await client.joinRoom(room, { viaServers: via })).roomId };
        },
        async leave({ room }) {
            await client.leave(room);
        },
        async invite({ room, user }) {
            await client.invite(room, user);
        },
        async create_direct_chat({ user, encrypted = true }) {
            const initial_state = encrypted
                ? [{ type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } }]
                : [];
            return client.createRoom({ preset: "trusted_private_chat", invite: [user], is_direct: true, initial_state });
        },
        async send({ room, content, type = "m.room.message" }) {
            return client.sendEvent(room, type, content);
        },
        async react({ room, target, key }) {
            return client.sendEvent(room, "m.reaction", {
                "m.relates_to": { rel_type: "m.annotation", event_id: target, key },
            });
        },
        async redact({ room, target }) {
            return client.redactEvent(room, target);
        },
        async set_power({ room, user, level }) {
            await client.setPowerLevel(room, user, level);
        },
        async state({ room, type, key = "" }) {
            return { content: await client.getStateEvent(room, type, key) };
        },
        async rooms() {
            return {
                rooms: client.getRooms().map((room) => ({
                    room_id: room.roomId,
                    name: room.name,
                    membership: room.getMyMembership(),
                    encrypted: room.hasEncryptionStateEvent(),
                })),
            };
        },
        async timeline({ room }) {
            const events = client.getRoom(room)?.getLiveTimeline().getEvents() ?? [];
            await Promise.all(events.map((event) => client.decryptEventIfNeeded(event).catch(() => {})));
            return { events: events.map(describe) };
        },
        // What Element shows: null is no shield at all.
        async shield({ room, event: id }) {
            const event = client.getRoom(room)?.findEventById(id);
            const info = event && (await client.getCrypto().getEncryptionInfoForEvent(event));
            return { colour: info?.shieldColour ?? null, reason: info?.shieldReason ?? null };
        },
        // What the client itself knows: it does not ask the homeserver for this.
        async device_is_signed({ user }) {
            const devices = (await client.getCrypto().getUserDeviceInfo([user])).get(user) ?? new Map();
            const statuses = await Promise.all(
                [...devices.keys()].map((id) => client.getCrypto().getDeviceVerificationStatus(user, id)),
            );
            return { signed: statuses.map((status) => Boolean(status?.signedByOwner)) };
        },
        // It asks by itself only about people with whom it is in an encrypted room, and at its leisure.
        async know({ user }) {
            const crypto = client.getCrypto();
            const query = crypto.olmMachine.queryKeysForUsers([new UserId(user)]);
            await crypto.outgoingRequestProcessor.makeOutgoingRequest(query);
        },
    };

    const lines = createInterface({ input: connection });
    lines.on("line", async (line) => {
        const { id, do: deed, ...details } = JSON.parse(line);
        try {
            say({ id, ok: true, ...((await deeds[deed](details)) ?? {}) });
        } catch (error) {
            say({ id, ok: false, errcode: error?.errcode ?? error?.data?.errcode ?? null, error: String(error?.message ?? error) });
        }
    });
    // Somebody who is gone is told no more; readline tells of it a second time.
    for (const each of [connection, lines]) each.on("error", () => {});
    connection.on("close", () => client?.stopClient());
}

const server = createServer(person);
server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
process.stdin.on("end", () => process.exit(0)).resume();
// A client's mistake is told by what its person does not see.
process.on("unhandledRejection", () => {});
