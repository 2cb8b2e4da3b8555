#include "engine/session.h"

#include <stdint.h>
#include <string.h>

#include "engine/layer_parts.h"
#include "engine/narrow.h"

static bool refuse(Session *session, const char *why_not)
{
    session->run.why_not = why_not;
    session->run.complete = false;
    return false;
}

static bool check_plan(Session *session, const Plan *plan)
{
    if (!plan->n_steps || plan->n_steps != plan->model->n_steps) return refuse(session, "run.no_shapes");
    if (plan->numbers > RUN_NUMBERS_MAX) return refuse(session, "run.too_large");
    for (int i = 0; i < plan->n_steps; i++) {
        const Node *node = plan->steps[i].node;
        if (node->n_in && !layer_computes(node->layer)) return refuse(session, "run.opaque");
        for (int o = 0; o < node->n_out; o++)
            if (!shape_known(&plan->tensors[plan->steps[i].first + o].shape)) return refuse(session, "run.no_shapes");
    }
    return true;
}

/* ---- opening ---- */

static Forward forward_of(Session *session, Arena *arena, const PlanStep *step)
{
    const Node *node = step->node;
    Tensor *in = ARENA_ARRAY(arena, node->n_in, Tensor);
    for (int i = 0; i < node->n_in; i++) in[i] = session->rooms[step->from[i]];
    return (Forward){
        .layer = node->layer, .node = node, .call = &node->call, .in = in, .n_in = node->n_in,
        .weights = session->run.table.computed[node->layer->id], .out = &session->rooms[step->first], .n_out = node->n_out,
        .table = &session->run.table, .scratch = &session->scratch, .impossible = &session->impossible,
    };
}

static int readers_of(const Plan *plan, int tensor)
{
    int n = 0;
    for (int i = 0; i < plan->n_outputs; i++) n += plan->outputs[i] == tensor;
    for (int i = 0; i < plan->n_steps; i++)
        for (int k = 0; k < plan->steps[i].node->n_in; k++) n += plan->steps[i].from[k] == tensor;
    return n;
}

/* The call that gives a tensor and can do more to it, when nobody else reads it; else NULL. */
static SessionCall *leader_of(Session *session, int tensor)
{
    for (int i = session->n_calls - 1; i >= 0; i--) {
        SessionCall *call = &session->calls[i];
        const LayerKind *kind = call->forward.layer->kind;
        if (call->result != tensor) continue;
        const bool leads = kind->leads && call->forward.n_out == 1 && kind->leads(&call->forward);
        return leads && readers_of(session->run.plan, tensor) == 1 ? call : NULL;
    }
    return NULL;
}

static bool join(Session *session, Arena *arena, const PlanStep *step)
{
    const Node *node = step->node;
    Finish finish;
    if (!node->layer->kind->follow || node->n_in != 1 || node->n_out != 1) return false;
    if (dtype_is_narrow(session->rooms[step->first].dtype) || dtype_is_narrow(session->rooms[step->from[0]].dtype)) return false;
    SessionCall *leader = leader_of(session, step->from[0]);
    if (!leader || !shape_equal(&session->rooms[step->from[0]].shape, &session->rooms[step->first].shape)) return false;
    const Forward forward = forward_of(session, arena, step);
    if (!node->layer->kind->follow(&forward, arena, &finish)) return false;
    Finish *items = arena_grow(arena, (Finish *)(uintptr_t)leader->after.items, (size_t)leader->after.n, &leader->after_capacity,
                               (size_t)leader->after.n + 1, sizeof *items);
    items[leader->after.n] = finish;
    leader->after = (FinishList){items, leader->after.n + 1};
    leader->result = step->first;
    return true;
}

static void add_call(Session *session, Arena *arena, const PlanStep *step)
{
    const Node *node = step->node;
    const LayerKind *kind = node->layer->kind;
    SessionCall *call = &session->calls[session->n_calls++];
    for (int i = 0; i < node->n_out; i++) {
        Tensor *room = &session->rooms[step->first + i];
        *room = layer_output(arena, node->layer, room->shape, room->dtype);
    }
    *call = (SessionCall){.step = step, .forward = forward_of(session, arena, step), .result = step->first};
    call->in = ARENA_ARRAY(arena, node->n_in, Tensor);
    if (kind->prepare) call->forward.prepared = kind->prepare(&call->forward, arena);
    call->forward.in = call->in;
    call->forward.out = &session->run.tensors[step->first];
    call->forward.after = &call->after;
}

static void make_rooms(Session *session, Arena *arena)
{
    const Plan *plan = session->run.plan;
    session->rooms = ARENA_ARRAY(arena, plan->n_tensors, Tensor);
    session->run.tensors = ARENA_ARRAY(arena, plan->n_tensors, Tensor);
    for (int i = 0; i < plan->n_tensors; i++) session->rooms[i] = (Tensor){.shape = plan->tensors[i].shape, .dtype = plan->tensors[i].dtype};
    for (int i = 0; i < plan->n_inputs; i++) {
        Tensor *room = &session->rooms[plan->inputs[i]];
        if (dtype_is_narrow(room->dtype)) *room = tensor_make(arena, room->shape, room->dtype);
    }
}

bool session_open(Session *session, Arena *arena, const Plan *plan, int64_t seed)
{
    *session = (Session){.run.plan = plan};
    arena_open(&session->scratch, RUN_SCRATCH_MAX);
    if (!check_plan(session, plan)) return false;
    session->run.table = weight_table_make(arena, plan, seed);
    session->calls = ARENA_ARRAY(arena, plan->n_steps, SessionCall);
    make_rooms(session, arena);
    for (int i = 0; i < plan->n_steps; i++)
        if (plan->steps[i].node->n_in && !join(session, arena, &plan->steps[i])) add_call(session, arena, &plan->steps[i]);
    return true;
}

void session_close(Session *session)
{
    arena_close(&session->scratch);
}

/* ---- running ---- */

static void hand_on(Session *session, const SessionCall *call)
{
    Tensor *first = &session->run.tensors[call->step->first];
    if (call->result == call->step->first) return;
    session->run.tensors[call->result] = *first;
    first->data = NULL;
}

static void run_call(Session *session, const SessionCall *call)
{
    Forward forward = call->forward;
    for (int i = 0; i < forward.n_in; i++) call->in[i] = session->run.tensors[call->step->from[i]];
    for (int i = 0; i < forward.n_out; i++) {
        forward.out[i] = session->rooms[call->step->first + i];
        if (!forward.layer->kind->fills) memset(forward.out[i].data, 0, (size_t)shape_size(&forward.out[i].shape) * sizeof(float));
    }
    forward.in = narrow_inputs(&session->scratch, forward.layer, call->in, forward.n_in);
    forward.layer->kind->forward(&forward);
    for (int i = 0; i < forward.n_out; i++) narrow_tensor(&forward.out[i]);
    hand_on(session, call);
    if (session->scratch.taken > session->scratch_most) session->scratch_most = session->scratch.taken;
    arena_reset(&session->scratch);
}

static bool run_calls(Session *session)
{
    ArenaTry attempt;
    arena_try_begin(&session->scratch, &attempt);
    const bool begun = setjmp(attempt.here) == 0;
    for (int i = 0; begun && i < session->n_calls && !session->impossible; i++) run_call(session, &session->calls[i]);
    arena_try_end(&session->scratch, &attempt);
    return begun || refuse(session, "run.no_memory");
}

static void take_input(Session *session, int tensor, const Tensor *given)
{
    const Tensor *room = &session->rooms[tensor];
    session->run.tensors[tensor] = *given;
    if (!room->data) return;
    memcpy(room->data, given->data, (size_t)shape_size(&room->shape) * sizeof(float));
    session->run.tensors[tensor] = *room;
    narrow_tensor(&session->run.tensors[tensor]);
}

bool session_run(Session *session, const Tensor *input)
{
    const Plan *plan = session->run.plan;
    session->impossible = false;
    for (int i = 0; i < plan->n_inputs; i++) take_input(session, plan->inputs[i], &input[i]);
    if (!run_calls(session)) return false;
    arena_reserve(&session->scratch, session->scratch_most);
    session->run.complete = !session->impossible;
    return session->run.complete || refuse(session, "run.impossible");
}
