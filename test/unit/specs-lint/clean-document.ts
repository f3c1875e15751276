/** A document in which no rule finds anything. Lines are taken out and put in by the tests. */
export const CLEAN = `openapi: 3.0.3
info:
  title: Orders
  description: Orders of a shop
  version: '1'
  contact: { name: Team, url: https://team.shop.test, email: team@shop.test }
servers:
  - url: https://api.shop.test/v1
    description: production
    x-internal: false
tags:
  - name: orders
    description: All about orders
security:
  - oauth: []
paths:
  /orders:
    get:
      operationId: listOrders
      description: All orders
      tags: [orders]
      parameters:
        - $ref: '#/components/parameters/Limit'
      responses:
        '200':
          $ref: '#/components/responses/Orders'
        '400': &problem
          $ref: '#/components/responses/Problem'
        '401': *problem
        '429': *problem
        '500': *problem
    post:
      operationId: addOrder
      description: Adds an order
      tags: [orders]
      requestBody:
        content:
          application/json:
            schema:
              $ref: '#/components/schemas/Order'
            example: { note: A note }
      responses:
        '201':
          $ref: '#/components/responses/Orders'
        '400': *problem
        '401': *problem
        '429': *problem
        '500': *problem
  /orders/{order}:
    parameters:
      - name: order
        in: path
        required: true
        schema:
          type: string
          format: uuid
          maxLength: 36
    get:
      operationId: getOrder
      description: One order
      tags: [orders]
      responses:
        '200':
          $ref: '#/components/responses/Orders'
        '400': *problem
        '401': *problem
        '429': *problem
        '500': *problem
components:
  parameters:
    Limit:
      name: limit
      in: query
      schema:
        type: integer
        format: int32
        minimum: 1
        maximum: 100
  headers:
    Access-Control-Allow-Origin:
      schema:
        type: string
        pattern: ^.*$
        maxLength: 100
  responses:
    Orders:
      description: Orders
      headers: &headers
        RateLimit: { $ref: '#/components/headers/Access-Control-Allow-Origin' }
        Access-Control-Allow-Origin: { $ref: '#/components/headers/Access-Control-Allow-Origin' }
        Retry-After: { $ref: '#/components/headers/Access-Control-Allow-Origin' }
      content:
        application/json:
          schema:
            type: array
            maxItems: 100
            items:
              $ref: '#/components/schemas/Order'
    Problem:
      description: What went wrong
      headers: *headers
      content:
        application/json:
          schema:
            $ref: '#/components/schemas/Problem'
  schemas:
    Order:
      type: object
      properties:
        note:
          type: string
          pattern: ^.*$
          maxLength: 100
        state:
          type: string
          enum: [open, closed]
        amount:
          type: integer
          format: int64
          minimum: 0
          maximum: 1000000
        labels:
          type: array
          maxItems: 10
          items: { type: string, enum: [gift, express] }
    Problem:
      type: object
      properties:
        detail:
          type: string
          pattern: ^.*$
          maxLength: 1000
  securitySchemes:
    oauth:
      type: oauth2
      description: Tokens as RFC8725 recommends
      flows:
        clientCredentials:
          tokenUrl: https://login.shop.test/token
          refreshUrl: https://login.shop.test/refresh
          scopes: {}
`
