/* Translation between version 3 and the eras E and F, message by message. Items and texts stay where they are: only the
 * words around them differ. */
#include "era.h"

static int may_translate(clipper_era era) {
    return era == CLIPPER_ERA_V3 || era == CLIPPER_ERA_E || era == CLIPPER_ERA_F;
}

void clipper_translator_init(clipper_translator *translator, clipper_era container, clipper_era clipper,
                             clipper_wire wire) {
    translator->container = container;
    translator->clipper = clipper;
    translator->wire = wire;
    translator->registered_ = 0;
}

/* A request for a container of TO. */
static clipper_error translate_request(clipper_era to, const clipper_message *message,
                                       clipper_diagnosis *wrong) {
    uint64_t bytes;
    if (to == CLIPPER_ERA_V3)
        return CLIPPER_OK;
    return clipper_era_check_batch_(&message->as.request, to, 1, wrong, &bytes);
}

/* A response for a Clipper of TO: sets the data type that its era, or WIRE, has for these outputs. */
static clipper_error translate_response(clipper_era to, clipper_wire wire, clipper_message *out,
                                        clipper_diagnosis *wrong) {
    clipper_prediction *response = &out->as.response;
    int texts = response->data_type == CLIPPER_TYPE_STRINGS || response->data_type == CLIPPER_TYPE_UNSTATED;
    uint64_t bytes;
    if (texts)
        response->data_type = to == CLIPPER_ERA_V3 && wire == CLIPPER_WIRE_RELEASE ? CLIPPER_TYPE_UNSTATED
                                                                                   : CLIPPER_TYPE_STRINGS;
    if (to != CLIPPER_ERA_V3)
        return clipper_era_check_batch_(response, to, 0, wrong, &bytes);
    if (!texts && wire == CLIPPER_WIRE_RELEASE)
        return clipper_diagnose_(wrong, CLIPPER_UNKNOWN_DATA_TYPE, CLIPPER_FIELD_DATA_TYPE, RESPONSE_HEAD - 1,
                                 CLIPPER_TYPE_STRINGS, (unsigned)response->data_type);
    return CLIPPER_OK;
}

/* Clipper to container. */
static clipper_error translate_inbound(clipper_translator *t, clipper_message *out,
                                       clipper_diagnosis *wrong) {
    out->rpc_version = t->container == CLIPPER_ERA_V3 ? CLIPPER_RPC_VERSION : 0;
    switch (out->kind) {
    case CLIPPER_HEARTBEAT:
        if (out->as.heartbeat.type == CLIPPER_SEND_METADATA)
            t->registered_ = 0; /* Clipper does not know the container any more */
        return CLIPPER_OK;
    case CLIPPER_PREDICTION_REQUEST:
        return translate_request(t->container, out, wrong);
    case CLIPPER_FEEDBACK_REQUEST:
        return clipper_diagnose_(wrong, CLIPPER_UNKNOWN_REQUEST_TYPE, CLIPPER_FIELD_REQUEST_TYPE, 0,
                                 WIRE_PREDICTION, WIRE_FEEDBACK);
    default:
        return clipper_diagnose_(wrong, CLIPPER_BAD_MESSAGE, CLIPPER_FIELD_MESSAGE_TYPE, 0, 0, 0);
    }
}

/* Container to Clipper. */
static clipper_error translate_outbound(clipper_translator *t, clipper_message *out,
                                        clipper_diagnosis *wrong) {
    int v3 = t->clipper == CLIPPER_ERA_V3;
    out->rpc_version = 0;
    switch (out->kind) {
    case CLIPPER_HEARTBEAT:
        return CLIPPER_OK;
    case CLIPPER_NEW_CONTAINER:
        out->wire = v3 ? t->wire : CLIPPER_WIRE_ANY;
        out->rpc_version = v3 && t->wire == CLIPPER_WIRE_RELEASE ? CLIPPER_RPC_VERSION : 0;
        t->registered_ = 1;
        return CLIPPER_OK;
    case CLIPPER_PREDICTION_RESPONSE:
        out->wire = v3 ? t->wire : CLIPPER_WIRE_ANY;
        if (!v3 && !t->registered_)
            return clipper_diagnose_(wrong, CLIPPER_NOT_REGISTERED, CLIPPER_FIELD_MESSAGE_TYPE, 1, 0, 0);
        return translate_response(t->clipper, t->wire, out, wrong);
    default:
        return clipper_diagnose_(wrong, CLIPPER_BAD_MESSAGE, CLIPPER_FIELD_MESSAGE_TYPE, 0, 0, 0);
    }
}

clipper_error clipper_translate(clipper_translator *translator, const clipper_message *message,
                                clipper_message *out, clipper_diagnosis *diagnosis) {
    int v3 = translator->container == CLIPPER_ERA_V3 || translator->clipper == CLIPPER_ERA_V3;
    clipper_diagnosis unwanted;
    clipper_diagnosis *wrong = diagnosis ? diagnosis : &unwanted;
    clear_diagnosis(wrong);
    *out = *message;
    out->leniencies = 0;
    if (!may_translate(translator->container) || !may_translate(translator->clipper))
        wrong->error = CLIPPER_BAD_ERA;
    else if (v3 && translator->wire == CLIPPER_WIRE_ANY)
        wrong->error = CLIPPER_BAD_WIRE;
    else if (message->direction == CLIPPER_TO_CONTAINER)
        (void)translate_inbound(translator, out, wrong);
    else
        (void)translate_outbound(translator, out, wrong);
    if (wrong->error != CLIPPER_OK)
        clear_message(out);
    return wrong->error;
}
