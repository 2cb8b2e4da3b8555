#include "engine/graph.h"

/* A node on the way down, and the next of its inputs to look at. */
typedef struct Step {
    Node *node;
    int   next;
} Step;

typedef struct Stack {
    Step  *steps;
    size_t n, capacity;
} Stack;

static void push(Arena *arena, Stack *stack, Node *node, int walk)
{
    node->mark = walk;
    stack->steps = arena_grow(arena, stack->steps, stack->n, &stack->capacity, stack->n + 1, sizeof *stack->steps);
    stack->steps[stack->n++] = (Step){node, 0};
}

static void add_node(Arena *arena, NodeList *list, Node *node)
{
    list->nodes = arena_grow(arena, list->nodes, (size_t)list->n, &list->capacity, (size_t)list->n + 1, sizeof *list->nodes);
    list->nodes[list->n++] = node;
}

void graph_order(Builder *builder, KerasTensor *const *tensors, int n, NodeList *list)
{
    const int walk = ++builder->walks;
    Stack stack = {0};
    for (int i = 0; i < n; i++) {
        if (!tensors[i]->node || tensors[i]->node->mark == walk) continue;
        push(builder->arena, &stack, tensors[i]->node, walk);
        while (stack.n) {
            Step *step = &stack.steps[stack.n - 1];
            if (step->next == step->node->n_in) {
                add_node(builder->arena, list, step->node);
                stack.n--;
                continue;
            }
            const KerasTensor *in = step->node->in[step->next++];
            if (in->node && in->node->mark != walk) push(builder->arena, &stack, in->node, walk);
        }
    }
}
