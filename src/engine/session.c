#include "engine/session.h"

#include <string.h>

#include "engine/layer_parts.h"

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
    }
    return true;
}

static void add_call(Session *session, Arena *arena, const PlanStep *step)
{
    const Node *node = step->node;
    SessionCall *call = &session->calls[session->n_calls++];
    for (int i = 0; i < node->n_out; i++) {
        Tensor *room = &session->rooms[step->first + i];
        *room = layer_output(arena, node->layer, room->shape, room->dtype);
    }
    *call = (SessionCall){.step = step, .in = ARENA_ARRAY(arena, node->n_in, Tensor)};
    call->forward = (Forward){
        .layer = node->layer, .node = node, .call = &node->call, .in = call->in, .n_in = node->n_in,
        .weights = session->run.table.weights[node->layer->id], .out = &session->run.tensors[step->first], .n_out = node->n_out,
        .table = &session->run.table, .scratch = &session->scratch, .impossible = &session->impossible,
    };
    for (int i = 0; i < node->n_in; i++) call->in[i] = session->rooms[step->from[i]];
    for (int i = 0; i < node->n_out; i++) call->forward.out[i] = session->rooms[step->first + i];
    if (node->layer->kind->prepare) call->forward.prepared = node->layer->kind->prepare(&call->forward, arena);
}

static void make_rooms(Session *session, Arena *arena)
{
    const Plan *plan = session->run.plan;
    session->rooms = ARENA_ARRAY(arena, plan->n_tensors, Tensor);
    session->run.tensors = ARENA_ARRAY(arena, plan->n_tensors, Tensor);
    for (int i = 0; i < plan->n_tensors; i++) session->rooms[i] = (Tensor){.shape = plan->tensors[i].shape, .dtype = plan->tensors[i].dtype};
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
        if (plan->steps[i].node->n_in) add_call(session, arena, &plan->steps[i]);
    return true;
}

void session_close(Session *session)
{
    arena_close(&session->scratch);
}

static void run_call(Session *session, const SessionCall *call)
{
    const Forward *forward = &call->forward;
    for (int i = 0; i < forward->n_in; i++) call->in[i] = session->run.tensors[call->step->from[i]];
    for (int i = 0; i < forward->n_out; i++) {
        forward->out[i] = session->rooms[call->step->first + i];
        if (!forward->layer->kind->fills) memset(forward->out[i].data, 0, (size_t)shape_size(&forward->out[i].shape) * sizeof(float));
    }
    forward->layer->kind->forward(forward);
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

bool session_run(Session *session, const Tensor *input)
{
    const Plan *plan = session->run.plan;
    session->impossible = false;
    for (int i = 0; i < plan->n_inputs; i++) session->run.tensors[plan->inputs[i]] = input[i];
    if (!run_calls(session)) return false;
    arena_reserve(&session->scratch, session->scratch_most);
    session->run.complete = !session->impossible;
    return session->run.complete || refuse(session, "run.impossible");
}
